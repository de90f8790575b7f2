//! `--deny`, `--warn` and `--allow`, in the order in which they were given: the last one wins.

use super::exit::Failure;
use crate::diagnostic::levels::{Asker, Level, Levels};
use clap::{Arg, ArgAction, ArgMatches, Command};

/// The options, in their order.
#[derive(Clone, Debug, Default)]
pub(super) struct Flags(Vec<(Level, String)>);

const OPTIONS: [(Level, &str); 3] = [
    (Level::Deny, "Make errors of findings: a code, its name, or `warnings`; may be given several times"),
    (Level::Warn, "Make warnings of findings: a code or its name"),
    (Level::Allow, "Leave findings out: a code or its name; errors cannot be left out"),
];

impl Flags {
    /// Adds them to what the configuration says.
    pub(super) fn add_to(&self, levels: &mut Levels) -> Result<(), Failure> {
        for (level, what) in &self.0 {
            levels.set(*level, what, Asker::Option).map_err(|refusal| {
                Failure::new(format!("--{}: {}", level.word(), refusal.message)).help(refusal.help)
            })?;
        }
        Ok(())
    }
}

impl clap::Args for Flags {
    fn augment_args(command: Command) -> Command {
        let option = |(level, help): (Level, &'static str)| {
            let name = level.word();
            Arg::new(name).long(name).value_name("CODE").value_delimiter(',').action(ArgAction::Append).help(help)
        };
        command.args(OPTIONS.map(option))
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

impl clap::FromArgMatches for Flags {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        let of = |(level, _): (Level, &str)| {
            let values = matches.get_many::<String>(level.word()).into_iter().flatten().cloned();
            let places = matches.indices_of(level.word()).into_iter().flatten();
            places.zip(values).map(move |(at, value)| (at, level, value)).collect::<Vec<_>>()
        };
        let mut all: Vec<_> = OPTIONS.into_iter().flat_map(of).collect();
        all.sort_by_key(|(at, _, _)| *at);
        Ok(Self(all.into_iter().map(|(_, level, value)| (level, value)).collect()))
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}
