from events_app.core.letters import Letter, Names, write
from events_app.delivery.rules import named
from events_app.site.rules import Enquiry


def contact(question: Enquiry, *, to: str) -> Letter:
    """The visitor's question, to the organisers; answering it answers the visitor."""
    return write(
        "site/contact",
        to=to,
        to_name="Op de Bühne",
        language="nl",
        reply_to=question.email,
        values={
            "name": Names(named(question.name, email=question.email)),
            "email": question.email,
            "words": question.words,
        },
    )
