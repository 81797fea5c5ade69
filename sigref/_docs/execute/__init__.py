"""Run a program as a reader would, and report what it printed and drew.

Nothing in this folder imports sigref or knows of Markdown.
"""
