"""What the person does and what the panel shows of it, as verbs and values. Knows no widget."""
