"""`python -m batchly_admin` is the `batchly` command."""

from batchly_admin.cli import main

main(prog_name="batchly")
