"""What the site needs while it is built; not part of the wheel.

`execute` runs programs, `page` is the Markdown extension that shows them, `publish`
completes and checks the built site. docs/architecture.md shows how they fit together.
"""
