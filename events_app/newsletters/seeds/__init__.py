from itertools import chain

from events_app.core.seeds import Scenes, Seeds, Stage
from events_app.newsletters.seeds import issues, readers


def _scenes(stage: Stage) -> Scenes:
    return chain(readers.scenes(stage), issues.scenes(stage))


SEEDS = Seeds(_scenes)
