//! Stub.
use crate::plan::Plan;
pub struct World;
pub struct WorldError {
    pub line: usize,
    pub column: usize,
    pub message: String,
    pub help: Option<String>,
}
impl World {
    pub fn parse(_: &str, _: &Plan) -> Result<World, Vec<WorldError>> {
        Ok(World)
    }
}
pub fn generate(_: &Plan, _: &World, _: u64, _: bool) -> Result<String, String> {
    Ok(String::new())
}
