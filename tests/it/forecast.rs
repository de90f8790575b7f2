//! What `cwrc odds` computes: years that agree with the odds of gates, drops, traffic, and what gates would need.

use crate::{engine, repository};
use cwrc::forecast::{Flow, Mean, Question, Traffic, Wanted, WhyNot, gate};
use cwrc::model::policy::{ActionId, MetricId};
use cwrc::odds::{Asked, Effort, Method, World};
use cwrc::plan::Plan;
use cwrc::render::Style;
use cwrc::render::odds as page;
use cwrc::value::Decimal;
use std::num::NonZeroUsize;

/// Small enough for tests.
const EFFORT: Effort = Effort { states: 100_000, steps: 50_000_000, paths: 20_000, draws: 10_000_000, threads: None };

fn headline() -> Plan {
    engine::plan(&std::fs::read_to_string(repository("tests/cases/odds-command/headline.cwr")).expect("a policy"))
}

fn decimal(text: &str) -> Decimal {
    text.parse().expect("a decimal")
}

/// The same traffic for all action types.
fn traffic(plan: &Plan, daily: &str) -> Traffic {
    let flow = Flow { count: decimal(daily), per_seconds: 86_400 };
    Traffic::Given((0..plan.actions.len()).map(|at| (ActionId::new(at), flow)).collect())
}

fn question<'a>(plan: &'a Plan, traffic: &'a Traffic) -> Question<'a> {
    Question { plan, traffic, around: Some(vec![decimal("-0.02"), decimal("0")]), effort: EFFORT, histories: 400 }
}

/// The published figure: 7.993 % (standard error 0.04) in 90 days, 32.91 % (0.11) in 365.
#[test]
fn the_headline_gate_lets_an_agent_of_93_percent_through() {
    let (plan, effort) = (headline(), Effort { paths: 60_000, draws: 30_000_000, ..EFFORT });
    let traffic = traffic(&plan, "20");
    let question = Question { effort, histories: 1, ..question(&plan, &traffic) };
    let odds = question.forecast(&|| ()).expect("odds");
    let row = &odds.gates[0].climb[0];
    assert_eq!(row.rates[0].1, decimal("0.93"));
    for (answer, (published, error)) in row.chances[1..].iter().flatten().zip([(0.07993, 0.0004), (0.3291, 0.0011)]) {
        let off = answer.chance - published;
        assert!(off.abs() <= 4.0 * answer.error.hypot(error), "{answer:?}, published {published}");
    }
}

/// The year is the evaluator over drawn histories, the gate is counted in advance: where only the gate matters they agree.
#[test]
fn years_agree_with_gates() {
    let plan = headline();
    let traffic = traffic(&plan, "20");
    let question = question(&plan, &traffic);
    for row in &question.forecast(&|| ()).expect("odds").gates[0].climb {
        let year = question.year(row.better).expect("a year");
        let (counted, replayed) = (row.chances[2].expect("a chance"), year.chance(year.actions[0].steps[0]));
        let off = counted.chance - replayed.chance;
        let error = counted.error.hypot(replayed.error).max(1.0 / 400.0);
        assert!(off.abs() <= 4.0 * error, "{:?}: {counted:?}, {replayed:?}", row.better);
    }
}

#[test]
fn a_larger_drop_is_noticed_no_later_and_all_of_it_in_order() {
    let plan = headline();
    let traffic = traffic(&plan, "20");
    let drops = question(&plan, &traffic).forecast(&|| ()).expect("odds").gates.remove(0).drops;
    assert_eq!(drops.len(), 3);
    for drop in &drops {
        assert!(drop.after.is_sorted(), "{drop:?}");
        assert_eq!(drop.after.len() as u64 + drop.never(), drop.histories);
        assert!(drop.histories > 20 * 400, "as many as paths, for nothing but a keep bar notices: {}", drop.histories);
    }
    for pair in drops.windows(2) {
        // The draws are common, so this holds history by history.
        assert!(pair[1].never() <= pair[0].never());
        assert!(pair[1].after.iter().zip(&pair[0].after).all(|(larger, smaller)| larger <= smaller));
    }
    assert!(drops[2].by(50).expect("10 points are noticed") <= 14, "{:?}", drops[2]);
}

/// A curve is the answer at each of its boundaries, exact or simulated.
#[test]
fn curves_agree_with_answers() {
    let plan = headline();
    let gate = plan.actions[0].gates[0].clone().expect("a gate");
    let exact = Effort { states: 20_000_000, steps: 20_000_000_000, ..EFFORT };
    for (daily, effort) in [("20", EFFORT), ("3", exact)] {
        let mut gate = gate.clone();
        if daily == "3" {
            gate.bars[0].first.min = 30;
        }
        let rates = vec![(gate.bars[0].first.metric, decimal("0.95"))];
        let world = World::even(rates, Flow { count: decimal(daily), per_seconds: 86_400 });
        let asked = |within| Asked { plan: &plan, action: ActionId::new(0), gate: &gate, world: &world, within };
        let curve = asked(120).promotion().expect("a course").curve(&effort);
        let sums = curve.sums();
        assert!(sums.is_sorted() && sums.len() == 121);
        for within in [40, 90, 120] {
            let (read, told) = (
                curve.by(within),
                asked(i64::try_from(within).expect("small")).promotion().expect("a course").answer(&effort),
            );
            assert_eq!(read.method == Method::Exact, daily == "3");
            let error = 4.0 * read.error.hypot(told.error) + 1e-9;
            assert!((read.chance - told.chance).abs() <= error, "{daily} {within}: {read:?} {told:?}");
            assert!((sums[within] - read.chance).abs() < 1e-12);
        }
    }
}

/// The table of statistics C3: the stable minimum of one look.
#[test]
fn needed_minima_are_the_published_ones() {
    let plan = headline();
    let traffic = traffic(&plan, "20");
    let question = Question { effort: Effort { paths: 500, ..EFFORT }, ..question(&plan, &traffic) };
    let gate = plan.actions[0].gates[0].as_ref().expect("a gate");
    let table = [("0.01", "0.05", 1562_u64), ("0.02", "0.05", 461), ("0.05", "0.05", 103), ("0.02", "0.01", 861)];
    for (tolerance, error, min) in table {
        let wanted = Wanted { tolerance: decimal(tolerance), error: decimal(error), falls: decimal("0.01") };
        let need = question.need(ActionId::new(0), gate, &wanted).expect("a need");
        let found = need.mins[0].need.as_ref().expect("an answer");
        assert_eq!(
            (found.min, found.window),
            (min, i64::try_from(min.div_ceil(20)).expect("small")),
            "{tolerance} {error}"
        );
        assert_eq!(found.earliest, found.window + gate.hold);
        let then = need.then.expect("figures").chance;
        assert!(then <= need.now.chance, "{then} {:?}", need.now);
    }
}

/// The margin that is told does, and a tenth of a point less does not.
#[test]
fn needed_margins_are_the_least() {
    let plan = headline();
    let traffic = traffic(&plan, "20");
    let question = question(&plan, &traffic);
    let gate = plan.actions[0].gates[0].as_ref().expect("a gate");
    let wanted = Wanted { tolerance: decimal("0.02"), error: decimal("0.05"), falls: decimal("0.05") };
    let need = question.need(ActionId::new(0), gate, &wanted).expect("a need");
    let (margin, answer) = need.margins[0].need.as_ref().expect("a margin");
    assert_eq!(need.margins[0].margin, decimal("0.04"));
    assert!(answer.chance + 2.0 * answer.error <= 0.05, "{answer:?}");
    assert!(*margin > decimal("0.02") && *margin < decimal("0.05"), "{margin}");
    assert_eq!(gate::full(&question, gate), 14);
}

#[test]
fn threads_change_nothing() {
    let plan = headline();
    let traffic = traffic(&plan, "7");
    let told = |threads| {
        let effort = Effort { threads: NonZeroUsize::new(threads), paths: 2_000, ..EFFORT };
        let question = Question { effort, histories: 50, ..question(&plan, &traffic) };
        let asked = page::Asked { question: &question, traffic: "7/day" };
        page::json(asked, &question.forecast(&|| ()).expect("odds"))
    };
    let alone = told(1);
    assert_eq!(alone, told(3));
    serde_json::from_str::<serde_json::Value>(&alone).expect("JSON");
}

/// Every line keeps to the width, with and without colours, and colours change nothing but themselves.
#[test]
fn pages_keep_to_their_width() {
    let plan = headline();
    let traffic = traffic(&plan, "20");
    let question = Question { effort: Effort { paths: 500, ..EFFORT }, histories: 20, ..question(&plan, &traffic) };
    let forecast = question.forecast(&|| ()).expect("odds");
    let asked = page::Asked { question: &question, traffic: "20/day" };
    for width in [80, 120] {
        let told = page::human(asked, &forecast, Style { width, ..Style::PLAIN });
        for line in told.lines() {
            assert!(line.chars().count() <= width, "{width}: {line}");
        }
        let coloured = page::human(asked, &forecast, Style { width, colour: true, unicode: true });
        let bare = coloured.split('\u{1b}').enumerate().map(|(at, part)| match at {
            0 => part,
            _ => part.split_once('m').expect("the end of an escape").1,
        });
        assert_eq!(bare.collect::<String>(), told);
    }
}

/// A policy of one action type with these gates, where the tier goes stale after so long.
fn gates(gates: &str, stale: &str) -> Plan {
    engine::unchecked_plan(&format!(
        r#"
policy p {{ owner "t" }}
signal good1
signal bad1
signal good2
signal bad2
metric acc from reviewer {{ good good1 bad bad1 }}
metric com from customer {{ good good2 bad bad2 }}
action a {{
  risk low
  {gates}
  stale {stale}
}}
"#
    ))
}

const TWO_BARS: &str = "gate crawl to walk {
    bar acc >= 90% over 14d min 200 margin 5pp
    bar com >= 90% over 28d min 20 margin 5pp
    hold 7d
  }
  ceiling walk because \"test\"";

/// A gate with a plentiful and a scarce metric is not one whose metrics are all scarce.
#[test]
fn each_bar_has_the_traffic_of_its_metric() {
    let plan = gates(TWO_BARS, "90d");
    let flow = |daily| Flow { count: decimal(daily), per_seconds: 86_400 };
    let flows = ["24", "1"].map(flow).into_iter().enumerate();
    let action = ActionId::new(0);
    let traffic = Traffic::Measured(flows.map(|(at, flow)| ((action, MetricId::new(at)), flow)).collect());
    let question = Question { around: Some(vec![decimal("0.05")]), ..question(&plan, &traffic) };
    let odds = question.forecast(&|| ()).expect("odds").gates.remove(0);
    assert!(!odds.is_impossible && odds.most == [336, 28], "{:?}", odds.most);
    let counted = odds.climb[0].chances[1].expect("a chance");
    assert!(counted.chance > 0.9, "{counted:?}");
    assert_eq!(odds.daily, [1_000_000; 2], "the scarcest is what is told");
}

/// An easier gate that an agent is good enough for is passed rightly, however likely.
#[test]
fn wrongly_is_past_a_bar_that_the_agent_does_not_meet() {
    let plan = gates(
        "gate crawl to walk { bar acc >= 80% over 14d min 100 margin 10pp
           hold 7d }
         gate walk to run { bar acc >= 95% over 14d min 100 margin 10pp
           hold 7d }",
        "60d",
    );
    let traffic = traffic(&plan, "20");
    let question = question(&plan, &traffic);
    let year = question.year(decimal("-0.02")).expect("a year");
    assert_eq!((year.wrong_gates, year.actions[0].is_wrong), (1, [false, true]));
    assert_eq!(year.actions[0].steps[0], year.histories, "93 % clears 80 %");
    assert_eq!(year.wrongly, year.actions[0].steps[1]);
    assert!(year.wrongly < year.histories);
    let good = question.year(decimal("0")).expect("a year");
    assert_eq!((good.wrong_gates, good.wrongly), (0, 0));
}

/// Where `stale` takes the tier before the windows are full nobody is left to fall in the month after.
#[test]
fn nobody_falls_who_is_not_there() {
    let plan = gates(TWO_BARS, "21d");
    let traffic = traffic(&plan, "0.5");
    let question = Question { around: None, ..question(&plan, &traffic) };
    let forecast = question.forecast(&|| ()).expect("odds");
    let odds = &forecast.gates[0];
    assert!(odds.stay.iter().all(|row| row.chances[0].is_none() && row.chances[1].is_some()));
    // And a drop is not noticed: the tier goes stale.
    for drop in &odds.drops {
        assert!(drop.after.is_empty() && drop.stale == Some(21), "{drop:?}");
        assert_eq!(drop.never(), drop.histories);
    }
    let asked = page::Asked { question: &question, traffic: "0.5/day" };
    let human = page::human(asked, &forecast, Style { width: 200, ..Style::PLAIN });
    assert!(human.contains("Nobody keeps the tier until the windows of the keep bars are full"), "{human}");
    assert!(human.contains("goes stale after 21 d: the tier is lost, but unseen"), "{human}");
    assert!(human.contains("acc has at most 7 of the 200 samples it needs over 14 d: at 0.5 a day"), "{human}");
    assert!(page::csv::forecast(asked, &forecast).contains("a.crawl_to_walk,falls_when_full,0,30,,,,\n"));
    assert!(page::json(asked, &forecast).contains("\"in_30_days_when_full\": null"));
    let needs = question.need(ActionId::new(0), plan.actions[0].gates[0].as_ref().expect("a gate"), &WANTED);
    assert_eq!(needs.expect("needs").margins[0].need, Err(WhyNot::Nobody));
}

const WANTED: Wanted = Wanted { tolerance: Decimal::ONE, error: Decimal::ONE, falls: Decimal::ONE };

/// As long as nothing leaves the window the chain is small, whatever the year takes: the row .93, 20, 90, 200, 14, 90 of
/// the published figures.
#[test]
fn horizons_within_the_window_are_exact() {
    let mut plan = headline();
    for gate in plan.actions[0].gates.iter_mut().flatten() {
        gate.bars[0].first.window = Some(90);
    }
    let traffic = traffic(&plan, "20");
    let question = Question { around: Some(vec![decimal("-0.02")]), histories: 1, ..question(&plan, &traffic) };
    let odds = question.forecast(&|| ()).expect("odds").gates.remove(0);
    let [month, quarter, year] = [0, 1, 2].map(|at| odds.climb[0].chances[at].expect("a chance"));
    assert_eq!((month.method, quarter.method), (Method::Exact, Method::Exact));
    assert!((quarter.chance - 0.028_051).abs() < 1e-6, "{quarter:?}");
    assert!(year.method != Method::Exact && month.chance <= quarter.chance && quarter.chance <= year.chance);
}

/// Nothing that was simulated is said to be 0 or 100 % without a bound, nor without its error.
#[test]
fn simulated_figures_say_so() {
    let plan = headline();
    let traffic = traffic(&plan, "20");
    let question = Question { histories: 20, ..question(&plan, &traffic) };
    let year = question.year(decimal("0.02")).expect("a year");
    let action = &year.actions[0];
    assert!(matches!(year.mean(action.flaps), Mean::Below(most) if (most - 0.15).abs() < 1e-12), "{action:?}");
    assert!(matches!(year.mean(action.ticks[1]), Mean::About(share, error) if share > 0.9 && error > 0.0));
    assert!(matches!(year.mean(action.ticks[2]), Mean::Below(_)), "it never runs: {action:?}");
    let hourly = Plan { tick_seconds: 3_600, ..plan.clone() };
    assert_eq!(Question { plan: &hourly, histories: 1_000, ..question.clone() }.replayed(), 50);
    assert_eq!(Question { histories: 1_000, ..question }.replayed(), 1_000);
}

/// What a history has is what its traffic is said to be.
#[test]
fn traffic_is_measured() {
    let plan = headline();
    let line = |id: i64| {
        let (day, hour) = (1 + id / 5, 1 + id % 5);
        format!(
            "{{\"id\": {id}, \"time\": \"2026-01-{day:02}T{hour:02}:00:00Z\", \"action\": \"reply\", \"tier\": \"crawl\", \
             \"outcomes\": [{{\"signal\": \"accepted\", \"time\": \"2026-01-{day:02}T{hour:02}:30:00Z\"}}]}}\n"
        )
    };
    let text: String = (0..100).map(line).collect();
    let counts = engine::count(&plan, &[&text], &engine::Arguments::default());
    let measured = Traffic::measured(&plan, &counts);
    let flow = measured.of(ActionId::new(0), plan.actions[0].gates[0].as_ref().expect("a gate").bars[0].first.metric);
    assert_eq!(flow.expect("a flow").daily(), 5_000_000);
}

/// The picture is XML, and has one line for each agent of each panel.
#[test]
fn the_picture_is_sound() {
    let plan = headline();
    let traffic = traffic(&plan, "20");
    let question = Question { effort: Effort { paths: 500, ..EFFORT }, histories: 5, ..question(&plan, &traffic) };
    let asked = page::Asked { question: &question, traffic: "20/day <&>" };
    let svg = page::svg(asked, &question.forecast(&|| ()).expect("odds"));
    let parsed = roxmltree::Document::parse(&svg).expect("XML");
    // Axes and their marks have two points.
    let points = |node: roxmltree::Node| node.attribute("points").unwrap_or_default().split_whitespace().count();
    let lines = parsed.descendants().filter(|node| node.has_tag_name("polyline") && points(*node) > 2);
    assert_eq!(lines.count(), 4);
}
