"""Users, roles at a unit, what an actor may do."""
