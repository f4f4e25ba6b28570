package aggregation

// Running is how many runs of a coalescer are under way.
func Running(c *Coalescer) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.running)
}
