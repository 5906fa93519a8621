"""The tray app and its panel: what people see on the computer that shows its windows."""
