//! Feeds are exact, and a scenario that follows is the replay of its own records.
