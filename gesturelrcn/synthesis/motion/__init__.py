"""Motion over time: what a person does, and where every joint is meanwhile."""
