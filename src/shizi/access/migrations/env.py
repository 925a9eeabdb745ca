"""Run by alembic: applies revisions on the connection that `upgrade` hands over."""

from alembic import context

from shizi.access.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    # SQLite alters a table by copying it.
    render_as_batch=True,
)
with context.begin_transaction():
    context.run_migrations()
