"""What an episode leaves: a journal while it runs, a notebook when it is over."""
