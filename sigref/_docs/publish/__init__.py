"""What happens to a site after it is built: complete it, then check it."""
