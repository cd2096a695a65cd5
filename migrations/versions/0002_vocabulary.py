"""The programme's vocabulary: sectors, programme lines, action lines, challenges, regions, communities.

Source: the human capital roadmap 2020-2023 and work plan 2018 of the top sectors. From here on the desk
edits it; this file does not change again.
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

GREY = "#5a6785"
SECTORS = [
    ("agri-food", "Agri & Food", "Agri & Food", "#5f8f1f"),
    ("chemie", "Chemie", "Chemistry", "#8a63d2"),
    ("creatief", "Creatieve Industrie", "Creative Industries", "#d6468f"),
    ("energie", "Energie", "Energy", "#c47d08"),
    ("htsm", "High Tech Systemen en Materialen", "High Tech Systems and Materials", "#4f7fb8"),
    ("ict", "ICT (Dutch Digital Delta)", "ICT (Dutch Digital Delta)", "#2d83e0"),
    ("lsh", "Life Sciences & Health", "Life Sciences & Health", "#e0484d"),
    ("logistiek", "Logistiek", "Logistics", "#d2691e"),
    ("tuinbouw", "Tuinbouw & Uitgangsmaterialen", "Horticulture & Starting Materials", "#2f9a4b"),
    ("water", "Water & Maritiem", "Water & Maritime", "#0f96a8"),
    ("bouw", "Bouw", "Construction", "#a67a4a"),
    ("smart-industry", "Smart Industry", "Smart Industry", "#6f7f95"),
]
OTHERS = {
    "programme_line": [
        ("impact", "Vergroten van de impact", "Increasing the impact"),
        ("kennis", "Kennis ontwikkelen en verspreiden", "Developing and spreading knowledge"),
        ("mobiliseren", "Mobiliseren en versnellen", "Mobilising and speeding up"),
    ],
    "action_line": [
        ("onderwijs-innovatie", "Onderwijs en innovatie", "Education and innovation"),
        ("leven-lang-ontwikkelen", "Een leven lang ontwikkelen", "Lifelong development"),
        (
            "skills",
            "Skills, digitalisering en robotisering",
            "Skills, digitalisation and robotisation",
        ),
    ],
    "challenge": [
        (
            "energietransitie",
            "Energietransitie & Duurzaamheid",
            "Energy Transition & Sustainability",
        ),
        ("gezondheid", "Gezondheid & Zorg", "Health & Care"),
        ("landbouw-water-voedsel", "Landbouw, Water & Voedsel", "Agriculture, Water & Food"),
        ("veiligheid", "Veiligheid", "Security"),
        ("sleuteltechnologieen", "Sleuteltechnologieën", "Key Technologies"),
        ("verdienvermogen", "Verdienvermogen", "Earning Capacity"),
        ("circulaire-economie", "Circulaire Economie", "Circular Economy"),
        ("klimaatadaptatie", "Klimaatadaptatie", "Climate Adaptation"),
    ],
    "region": [
        ("drenthe", "Drenthe", "Drenthe"),
        ("flevoland", "Flevoland", "Flevoland"),
        ("fryslan", "Fryslân", "Fryslân"),
        ("gelderland", "Gelderland", "Gelderland"),
        ("groningen", "Groningen", "Groningen"),
        ("limburg", "Limburg", "Limburg"),
        ("noord-brabant", "Noord-Brabant", "North Brabant"),
        ("noord-holland", "Noord-Holland", "North Holland"),
        ("overijssel", "Overijssel", "Overijssel"),
        ("utrecht", "Utrecht", "Utrecht"),
        ("zeeland", "Zeeland", "Zeeland"),
        ("zuid-holland", "Zuid-Holland", "South Holland"),
    ],
    "community_kind": [
        ("fieldlab", "Fieldlab", "Fieldlab"),
        ("skillslab", "Skillslab", "Skills lab"),
        ("centre-of-expertise", "Centre of Expertise", "Centre of Expertise"),
        (
            "centrum-innovatief-vakmanschap",
            "Centrum voor Innovatief Vakmanschap",
            "Centre for Innovative Craftsmanship",
        ),
        ("lectoraat", "Lectoraat", "Applied research group (hbo)"),
        ("practoraat", "Practoraat", "Applied research group (mbo)"),
    ],
}


def fill(connection: sa.Connection) -> None:
    theme = sa.table(
        "theme",
        sa.column("kind"), sa.column("code"), sa.column("name", sa.JSON), sa.column("colour"),
        sa.column("position"), sa.column("is_active"),
    )  # fmt: skip
    rows = [("sector", code, nl, en, colour) for code, nl, en, colour in SECTORS]
    for kind, words in OTHERS.items():
        rows += [(kind, code, nl, en, GREY) for code, nl, en in words]
    connection.execute(
        sa.insert(theme),
        [
            {
                "kind": kind, "code": code, "name": {"nl": nl, "en": en}, "colour": colour,
                "position": position, "is_active": True,
            }
            for position, (kind, code, nl, en, colour) in enumerate(rows)
        ],
    )  # fmt: skip


def upgrade() -> None:
    fill(op.get_bind())


def downgrade() -> None:
    op.execute("DELETE FROM theme")
