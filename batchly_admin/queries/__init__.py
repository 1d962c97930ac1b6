"""Read side: a session goes in, frozen rows come out; nothing here writes."""
