//! Tests of the page, through real text; the golden ones are in `tests/cases/render`.
