"""What the site needs while it is built; not part of the wheel.

`page` checks a page's source and finished HTML, `fence` turns a Python fence
into HTML, `run` executes its program, `figure` embeds what it drew, `mathml`
renders formulas. After the build, `finish` completes the site and `check`
refuses it if anything in it is false or broken.
"""
