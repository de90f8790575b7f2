//! Tests of the plan, through real text.
