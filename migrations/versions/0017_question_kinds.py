"""What organisers set for a question is one column for all kinds, and an answer is JSON.

Choices of a question become a part of it; several choices, joined by line breaks before, a list.
"""

from collections.abc import Callable
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

AT_ONCE = 1000
SETTINGS = {
    "sqlite": "UPDATE question SET settings = CASE WHEN kind IN ('choice', 'choices')"
    " THEN json_object('choices', json(choices)) ELSE '{}' END",
    "postgresql": "UPDATE question SET settings = CASE WHEN kind IN ('choice', 'choices')"
    " THEN json_build_object('choices', choices) ELSE '{}' END",
}
AS_JSON = {
    "sqlite": "UPDATE answer SET told = json_quote(value)",
    "postgresql": "UPDATE answer SET told = to_json(value)",
}
AS_TEXT = {
    "sqlite": "UPDATE answer SET told = value ->> '$'",
    "postgresql": "UPDATE answer SET told = value #>> '{}'",
}
NEW_KINDS = "SELECT id FROM question WHERE kind NOT IN ('text', 'long_text', 'choice', 'choices')"


def upgrade() -> None:
    dialect = op.get_bind().dialect.name
    op.add_column("question", sa.Column("settings", sa.JSON(), nullable=True))
    op.execute(SETTINGS[dialect])
    with op.batch_alter_table("question") as table:
        table.alter_column("settings", existing_type=sa.JSON(), nullable=False)
        table.drop_column("choices")
    op.add_column("answer", sa.Column("told", sa.JSON(), nullable=True))
    op.execute(AS_JSON[dialect])
    _change_several("told", lambda value: value.split("\n"))
    with op.batch_alter_table("answer") as table:
        table.drop_column("value")
        table.alter_column("told", new_column_name="value", existing_type=sa.JSON(), nullable=False)
        table.add_column(sa.Column("file", sa.String(), nullable=True))
        table.create_unique_constraint(op.f("uq_answer_file"), ["file"])


def downgrade() -> None:
    """Lost: questions of the kinds that came with this version, and their answers. What was sent
    with them stays in the folder `sent`: remove it.
    """
    op.execute(f"DELETE FROM answer WHERE question_id IN ({NEW_KINDS})")  # noqa: S608 -- our own words
    op.execute(f"DELETE FROM question WHERE id IN ({NEW_KINDS})")  # noqa: S608
    _change_several("value", "\n".join)
    op.add_column("answer", sa.Column("told", sa.String(), nullable=True))
    op.execute(AS_TEXT[op.get_bind().dialect.name])
    with op.batch_alter_table("answer") as table:
        table.drop_constraint("uq_answer_file", type_="unique")
        table.drop_column("file")
        table.drop_column("value")
        table.alter_column(
            "told", new_column_name="value", existing_type=sa.String(), nullable=False
        )
    op.add_column("question", sa.Column("choices", sa.JSON(), nullable=True))
    op.execute("UPDATE question SET choices = coalesce(settings -> 'choices', '[]')")
    with op.batch_alter_table("question") as table:
        table.alter_column("choices", existing_type=sa.JSON(), nullable=False)
        table.drop_column("settings")


def _change_several(column: str, change: Callable[[Any], Any]) -> None:
    """Answers of several choices, a batch at a time."""
    answer = sa.table("answer", sa.column("id"), sa.column(column, sa.JSON()))
    several = sa.text("question_id IN (SELECT id FROM question WHERE kind = 'choices')")
    wanted = sa.select(answer.c.id, answer.c[column]).where(several).order_by(answer.c.id)
    change_one = (
        sa.update(answer)
        .where(answer.c.id == sa.bindparam("its_id"))
        .values({column: sa.bindparam("changed", type_=sa.JSON())})
    )
    last = 0
    while found := op.get_bind().execute(wanted.where(answer.c.id > last).limit(AT_ONCE)).all():
        last = found[-1].id
        op.get_bind().execute(
            change_one, [{"its_id": id, "changed": change(value)} for id, value in found]
        )
