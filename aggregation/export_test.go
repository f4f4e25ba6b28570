package aggregation

// Running is how many runs of a coalescer are under way.
func Running(c *Coalescer) int { return c.running.Len() }
