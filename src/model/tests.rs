//! Tests of the floor through real text.
