//! Values to text: what people and programs read. One output, one file; nothing below this floor knows how it looks.

pub mod run_json;
pub mod saved_json;
