"""Words that the names of the demo shop are put together from."""

from __future__ import annotations

FIRST_NAMES = (
    "Ada Amir Bea Ben Carla Cyrus Dana Dmitri Elena Eric Farah Felix Gina Grant Hana Hugo Ines "
    "Ivan Jade Jonah Keiko Kurt Lena Luis Maya Milo Nadia Noah Odette Omar Petra Quinn Rosa Reed "
    "Sana Silas Tessa Theo Uma Viktor Wanda Wes Yara Zack"
).split()

LAST_NAMES = (
    "Abbott Baines Castellan Dorsey Ekberg Farrow Galindo Hollis Ibarra Jessup Kowal Lindqvist "
    "Marchetti Novak Okafor Pryce Quintero Rasmussen Sokolov Tremblay Underhill Vargas Whitlock "
    "Xiong Yates Zielinski Brannon Cordova Delacroix Espinal Fenwick Grady Hathaway Ingram"
).split()

TOWNS: dict[str, tuple[str, ...]] = {
    "NY": ("Harlow Falls", "Eastmere", "Cobbler Hill", "Port Ansel", "Millbrook Landing"),
    "NJ": ("Larkfield", "Stonebridge Park", "Wexham", "Cedar Quay"),
    "CT": ("Penrose", "Old Tannery", "Marlow Harbor"),
    "PA": ("Copperton", "Ashby Forge", "Grenville"),
    "MA": ("North Willet", "Sandry", "Fallow Bay"),
}
"""Invented places in real states; the shop itself stands in the first of them."""

AREA_CODES = {"NY": "518", "NJ": "201", "CT": "203", "PA": "610", "MA": "413"}
ZIP_STARTS = {"NY": 12100, "NJ": 7100, "CT": 6200, "PA": 18100, "MA": 1200}
STATE_WEIGHTS = {"NY": 52, "NJ": 20, "CT": 12, "PA": 9, "MA": 7}

STREETS = (
    "Anchor Alder Bellweather Canal Chestnut Depot Foundry Garnet Harbor Juniper Kiln Linden "
    "Mercer Orchard Pike Quarry Rail Summit Tanner Union Vesper Water"
).split()
STREET_KINDS = ("Street", "Avenue", "Road", "Lane", "Way")
UNITS = ("Suite {}", "Unit {}", "Floor {}")

CREATURES = "Heron Otter Badger Falcon Moose Lynx Raven Trout Beaver Osprey Foxglove Marten".split()
THINGS = (
    "Anvil Lantern Compass Barrel Copper Granite Timber Saddle Harvest Ember Tidewater Juniper "
    "Ironwood Cobalt Meadow Bluestem Cinder Drift"
).split()
MOODS = (
    "Quiet Bold Lucky Salty Golden Crooked Wandering Rusty Humble Bright Northern Second".split()
)

KINDS: dict[str, tuple[int, tuple[str, ...]]] = {
    "school": (
        42,
        (
            "{town} Elementary School",
            "{town} Middle School",
            "{last} High School",
            "{thing} Hill Academy",
            "{creature} Street Preschool",
        ),
    ),
    "brewery": (30, ("{mood} {creature} Brewing Co.", "{thing} & {thing2} Ales")),
    "gym": (26, ("{thing} Barbell Club", "{mood} {creature} Boxing", "{town} Climbing Gym")),
    "club": (
        40,
        (
            "{town} Rowing Club",
            "{town} Youth Soccer",
            "{creature} Cycling Team",
            "{town} Little League",
            "{creature} Running Club",
        ),
    ),
    "cafe": (32, ("{mood} {thing} Coffee", "{thing} Street Bakery", "The {mood} {creature} Cafe")),
    "clinic": (
        22,
        ("{town} Family Dental", "{last} Veterinary Clinic", "{thing} Physical Therapy"),
    ),
    "trade": (
        42,
        ("{last} Roofing", "{last} & {last2} Electric", "{last} Landscaping", "{thing} Plumbing"),
    ),
    "nonprofit": (24, ("{town} Food Pantry", "Friends of {town} Library", "{creature} Land Trust")),
    "office": (
        26,
        ("{last} {last2} LLP", "{thing} Realty", "{thing} Software", "{last} Insurance"),
    ),
    "music": (16, ("The {mood} {creature}s", "{thing} Records", "{town} Folk Festival")),
}
"""Kind of customer: how many there are, and what they may be called."""

EXEMPT_KINDS = frozenset({"school", "nonprofit"})

CALLS = (
    ("call", "in", "Asked when the order will be ready"),
    ("call", "out", "Left a message about the proof"),
    ("email", "in", "Sent new artwork"),
    ("email", "out", "Sent the proof for approval"),
    ("email", "in", "Approved the proof"),
    ("note", "out", "Prefers pickup after 3 pm"),
    ("note", "out", "Send invoices to the office, not to the coach"),
    ("meeting", "in", "Chose garments from the sample rack"),
    ("call", "in", "Wants the same shirts as last year"),
    ("email", "out", "Reminder about the open balance"),
)

CUSTOMER_NOTES = (
    "Please pack by size.",
    "Call before delivery.",
    "Same artwork as last time.",
    "Deliver to the side entrance.",
    "Need a photo of the first piece.",
)
HOLD_REASONS = (
    "Waiting for the customer's approval of the proof",
    "Blanks are back-ordered at the mill",
    "Artwork is too small to print; asked for a vector file",
    "Press 2 is down for repair",
)
CHECKPOINTS = ("Ink color against proof", "Placement and size", "Cure test", "Count and packing")
