"""Text → what stands in it and where: lines, YAML, Markdown, statements, inputs, quantities. Pure; judges nothing."""
