import subprocess
import sys
from pathlib import Path

import pytest

from gesturelrcn.model.files import DEFAULT_MODEL
from gesturelrcn.training.config.file import read_config
from gesturelrcn.training.errors import TrainingError

GESTURES = Path(__file__).parents[3] / "configs" / "gestures.toml"
HEAD = 'name = "mine"\n'
DATA = '[[data]]\nname = "clips"\nlicence = "MIT"\nsource = "me"\n'


def read(tmp_path, text):
    path = tmp_path / "config.toml"
    path.write_text(text)
    return read_config(path)


def test_what_is_not_said_has_a_default(tmp_path):
    config = read(tmp_path, HEAD + DATA)
    assert config.start == "imagenet"
    assert config.data[0].weight == 1.0
    assert config.recognition.steps > 100


def test_everything_that_is_said_is_read(tmp_path):
    config = read(
        tmp_path,
        HEAD
        + 'limits = ["a", "b"]\n'
        + DATA
        + 'holdout = ["S5"]\nweight = 2\nkind = "films"\nnames = { bend = "none" }\n'
        + 'false_starts = { "*" = 6, "high throw" = 20.5 }\n[data.make]\npeople = 3\n'
        + "[network]\nsize = 64\n[recognition]\nrate = 1e-3\n[thresholds]\nfalse_triggers_per_hour = 2\n",
    )
    assert config.limits == ("a", "b")
    assert (config.data[0].holdout, config.data[0].weight) == (("S5",), 2.0)
    assert config.data[0].make.people == 3
    assert config.data[0].names == {"bend": "none"}
    assert config.data[0].false_starts == {"*": 6.0, "high throw": 20.5}
    assert config.network == {"size": 64}
    assert config.recognition.rate == 1e-3
    assert config.thresholds.false_triggers_per_hour == 2.0


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "config.toml: 'name' is missing here."),
        (DATA, "'name' is missing"),
        (HEAD, "'data' is missing"),
        (HEAD + '[[data]]\nname = "clips"\nsource = "me"\n', "2: 'licence' is missing"),
        (HEAD + DATA + "hold_out = 1\n", ":6: unknown key 'hold_out'; did you mean 'holdout'?"),
        (HEAD + DATA + 'weight = "2"\n', ":6: 'weight' must be a number"),
        (HEAD + DATA + 'holdout = "S5"\n', ":6: 'holdout' must be a list"),
        (HEAD + DATA + 'holdout = ["S5", 6]\n', ":6: 'holdout' must be text in quotes"),
        (HEAD + DATA + "weight = nan\n", ":6: 'weight' must be a number"),
        (HEAD + "network = 3\n" + DATA, ":2: 'network' must be a table, written [network], not 3."),
        (
            HEAD + DATA + "[[recognition]]\nsteps = 9\n",
            ":6: 'recognition' must be a table, written [recognition], not a list of tables.",
        ),
        (HEAD + "data = 3\n", ":2: 'data' is not a list of tables: write [[data]]"),
        (HEAD + DATA + 'kind = "movies"\n', ":6: 'kind' must be one of"),
        (HEAD + DATA + "[people]\npresence = 1.0\n", ":7: presence must be more than 0 and less than 1"),
        (HEAD + DATA + "[people]\nsteps = -1\n", ":7: so few steps train nothing"),
        (HEAD + DATA + "names = { bend = 3 }\n", ":6: 'bend' must be text in quotes"),
        (HEAD + DATA + 'false_starts = { "*" = "6" }\n', ":6: '*' must be a number"),
        (HEAD + DATA + 'false_starts = { "*" = -6 }\n', ":6: fewer than 0 false starts"),
        (HEAD + DATA + "weights = [1, 2]\n", ":6: one weight for each of the 1 readers belongs here"),
        (HEAD + DATA + "weights = [1, 0]\n[network]\nreaders = 2\n", ":6: each reader's weight must be more"),
        (HEAD + DATA + "people = -1\n", "weight, joints, hands and people must be 0 or more"),
        (HEAD + DATA + "holdout_share = 1.0\n", ":6: the share held out"),
        (HEAD + DATA + "weight = -1\n", "0 or more"),
        (HEAD + DATA + "[data.make]\npeople = 3\n", "can be made"),
        (HEAD + DATA + 'kind = "backgrounds"\njoints = 1.5\n', "at most 1"),
        (HEAD + DATA + 'kind = "hands"\n[data.make]\nsize = 64\n', ":7: frames is missing here"),
        (
            HEAD + DATA + 'kind = "backgrounds"\n' + DATA.replace("clips", "more") + 'kind = "backgrounds"\n',
            "a second set of backgrounds",
        ),
        (HEAD + DATA + DATA, ":7: a second data set"),
        (HEAD + DATA + "[network]\nsize = 100\n", ":7: the network cannot see 100 pixels"),
        (HEAD + DATA + "[network]\nhiden = 100\n", ":7: unknown key 'hiden'; did you mean 'hidden'?"),
        (HEAD + DATA + "[recognition]\nsteps = 1.5\n", ":7: 'steps' must be a whole number"),
        (HEAD + DATA + "[recognition]\nsteps = 0\n", "train nothing"),
        ('name = "my model"\n' + DATA, ":1: 'my model' cannot be a name"),
        ("name = \n", "config.toml:1: not TOML"),
    ],
)
def test_mistakes_are_named_with_their_line(tmp_path, text, said):
    with pytest.raises(TrainingError) as caught:
        read(tmp_path, text)
    assert str(caught.value).startswith(str(tmp_path / "config.toml"))
    assert said in str(caught.value)


def test_hands_are_left_alone_where_joints_are_unless_it_is_said(tmp_path):
    left = HEAD + DATA + "[keypoints]\nsteps = 0\n"
    assert read(tmp_path, HEAD + DATA).hands.steps > 100
    assert read(tmp_path, left).hands.steps == 0
    assert read(tmp_path, left + "[hands]\nsteps = 5\n").hands.steps == 5


def test_hands_and_performances_can_be_made_and_thresholds_have_a_last_word(tmp_path):
    made = HEAD + DATA + 'kind = "KIND"\n[data.make]\nframes = 7\n[thresholds]\notherwise = 0.8\n'
    for kind in ("hands", "performances", "backgrounds"):
        config = read(tmp_path, made.replace("KIND", kind))
        assert (config.data[0].kind, config.data[0].make.frames) == (kind, 7)
        assert config.thresholds.otherwise == 0.8


def test_the_config_of_the_shipped_model_is_read():
    config = read_config(GESTURES)
    assert config.name == DEFAULT_MODEL
    assert {data.kind for data in config.data} >= {"pictures", "hands", "performances", "backgrounds"}


def test_a_config_is_read_without_loading_torch():
    program = (
        "import sys\n"
        "from pathlib import Path\n"
        "from gesturelrcn.training.config.file import read_config\n"
        "print(read_config(Path(sys.argv[1])).name, 'torch' in sys.modules)\n"
    )
    result = subprocess.run(
        [sys.executable, "-c", program, str(GESTURES)], capture_output=True, text=True, check=True
    )
    assert result.stdout.split() == [DEFAULT_MODEL, "False"]


def test_a_config_that_is_not_there(tmp_path):
    with pytest.raises(TrainingError, match=r"gone\.toml: there is no such"):
        read_config(tmp_path / "gone.toml")
