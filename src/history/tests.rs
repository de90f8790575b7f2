//! Tests of the reading, through real bytes.
