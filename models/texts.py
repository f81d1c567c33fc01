"""The texts that a program learns to write from: names of animals, which need no file, or a file of the user's.

A text is read in one of two ways. A list (names) has a text of its own on each line; anything else is one long
text. A tenth is held out, always the same, whatever the seed of a run: of a list every tenth line after shuffling
and without repetitions, so that no held-out line is ever learned from; of a long text its end.
"""

import hashlib
import math
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from .errors import UserError, blamed_on

ANIMALS = "animals"             # the data that need no file
MARK = "\n"                     # stands before and behind each text; its code is 0
NOTHING = -1                    # the target where a row is longer than its text
LONGEST_LINE = 40               # characters: a file with a longer line is no list
HELD_OUT = 0.1
SPLIT_SEED = 0

Codes = NDArray[np.int64]


class Text(NamedTuple):
    """Its `name`; `alphabet`, each character's place its code; texts to learn from and others `held_out`."""

    name: str
    is_list: bool
    alphabet: str
    learned: list[str]
    held_out: list[str]

    def fingerprint(self) -> str:
        """A name for exactly this text, read in this way."""
        return hashlib.sha256("\0".join([*self.learned, "", *self.held_out]).encode()).hexdigest()[:16]

    def longest(self) -> int:
        """How many characters the longest of the texts has, its end mark counted."""
        return 1 + max(map(len, self.learned + self.held_out))

    def rows(self, texts: Sequence[str], context: int) -> tuple[Codes, Codes]:
        """(n, context) codes, and (n, context) the codes that follow each: all that there is to learn.

        Each text stands between two marks, and is cut where it is longer than a row: the next row begins without
        what came before it. Behind its end a row is filled with marks, followed by NOTHING.
        """
        inputs: list[Codes] = []
        targets: list[Codes] = []
        for text in texts:
            codes = encode(MARK + text + MARK, self.alphabet)
            rows = math.ceil((len(codes) - 1) / context)
            for part, following, filler in ((codes[:-1], inputs, 0), (codes[1:], targets, NOTHING)):
                filled = np.full(rows * context, filler)
                filled[:len(part)] = part
                following.append(filled.reshape(rows, context))
        return np.concatenate(inputs), np.concatenate(targets)


def encode(text: str, alphabet: str) -> Codes:
    """(n,) the code of each character. UserError where the alphabet lacks one."""
    codes = {character: code for code, character in enumerate(alphabet)}
    unknown = sorted(set(text) - set(codes))
    if unknown:
        raise UserError(f"the character {unknown[0]!r} is not among those that were learned: {alphabet.strip()!r}")
    return np.array([codes[character] for character in text], np.int64)


def decode(codes: Sequence[int] | Codes, alphabet: str) -> str:
    """The text of codes."""
    return "".join(alphabet[code] for code in codes)


def get_text(data: str, is_list: bool | None = None) -> Text:
    """The animals, or the text of the file `data`; is_list None: a file of short lines is a list."""
    if data == ANIMALS:
        content, name = "\n".join(ANIMAL_NAMES.split()), "names of animals"
    else:
        name = Path(data).name
        with blamed_on(f"--data {data}"):
            content = Path(data).read_text("utf-8")
    lines = [line.strip() for line in content.split("\n") if line.strip()]
    if is_list is None:
        is_list = bool(lines) and max(map(len, lines)) <= LONGEST_LINE
    alphabet = MARK + "".join(sorted(set("".join(lines) if is_list else content) - {MARK}))
    if is_list:
        different = list(dict.fromkeys(lines))
        order = np.random.default_rng(SPLIT_SEED).permutation(len(different))
        texts = [different[place] for place in order]
        cut = len(texts) - round(HELD_OUT * len(texts))
        learned, held_out = texts[:cut], texts[cut:]
    else:
        cut = len(content) - round(HELD_OUT * len(content))
        learned, held_out = [content[:cut]], [content[cut:]]
    if not held_out or not all(map(len, learned + held_out)) or len(alphabet) < 3:
        raise UserError(f"--data {data}: ten lines, or ten characters, are the least to learn from; the file has "
                        f"{len(lines):,} lines, {len(content):,} characters")
    return Text(name, is_list, alphabet, learned, held_out)


def nats_by_counting(text: Text) -> dict[str, float]:
    """For scale: what a character of the held-out text costs on average if a guess looks at less, in nats.

    Each is as likely as the next; as often as it is in what was learned; as often as behind the one before it. (One
    is added to each count, so that nothing is impossible.)
    """
    size = len(text.alphabet)
    pairs = np.ones((size, size))
    for one in text.learned:
        codes = encode(MARK + one + MARK, text.alphabet)
        np.add.at(pairs, (codes[:-1], codes[1:]), 1)
    all_codes = [encode(MARK + one + MARK, text.alphabet) for one in text.held_out]
    before, after = (np.concatenate([codes[part] for codes in all_codes]) for part in (slice(-1), slice(1, None)))
    single, given = pairs.sum(0) / pairs.sum(), pairs / pairs.sum(1, keepdims=True)
    return {"equally likely": math.log(size), "by how frequent each is": float(-np.log(single[after]).mean()),
            "by the one before": float(-np.log(given[before, after]).mean())}


ANIMAL_NAMES = """
aardvark aardwolf abalone adder agouti albatross alligator alpaca anaconda anchovy angelfish anole ant anteater
antelope antlion aphid archerfish armadillo asp auk aurochs avocet axolotl babirusa baboon badger bandicoot barb
barbet barnacle barracuda barramundi basilisk bass bat bear beaver bee beetle bellbird beluga bilby binturong bison
bittern blackbird blackbuck blenny bluebird bluegill boa boar bobcat bobolink bongo bonito bonobo booby bowerbird
bream brill bronco budgerigar buffalo bulbul bull bullfinch bullfrog bumblebee bunting burbot bushbaby bushbuck
bustard butterfly buzzard caiman camel canary capuchin capybara caracal caracara cardinal caribou carp cassowary cat
caterpillar catfish cavy centipede chaffinch chameleon chamois char cheetah chickadee chicken chiffchaff chimpanzee
chinchilla chinook chipmunk chough chub cicada civet clam clownfish coati cobra cockatiel cockatoo cockle cockroach
cod coelacanth colobus condor conger coot copepod coral cormorant corncrake cougar cow cowbird cowrie coyote coypu
crab crane crayfish cricket crocodile crossbill crow cuckoo curassow curlew cuscus cuttlefish dab dace damselfly deer
desman dhole dikdik dingo dipper dodo dog dogfish dolphin donkey dorado dormouse dotterel dove dragonfly dromedary
drongo duck dugong duiker dunlin dunnock eagle earthworm earwig echidna eel egret eider eland elephant elk emu ermine
falcon ferret fieldfare finch firefly flamingo flea flicker flounder fly flycatcher flyingfish fossa fox francolin
frigatebird frog fulmar gadwall galago gallinule gannet gar garfish gaur gavial gazelle gecko gelada gemsbok genet
gerbil gerenuk gharial gibbon giraffe glider gnat gnu goat goby godwit goldcrest goldeneye goldfinch goldfish
goosander goose gopher goral gorilla goshawk grackle grasshopper grayling grebe greenfinch greenshank grosbeak grouper
grouse guanaco gudgeon guillemot guineafowl gull gundi guppy gurnard haddock hagfish hake halibut hamster hare harrier
hartebeest hawfinch hawk hawkmoth hedgehog heron herring hippopotamus hobby hoopoe hornbill hornet horse hoverfly
howler hummingbird huskie hutia hyena hyrax ibex ibis iguana impala inchworm indri jabiru jacamar jacana jackal
jackdaw jaguar jaguarundi jay jellyfish jerboa junco kagu kakapo kangaroo katydid kea kestrel killdeer kingbird
kingfisher kinglet kinkajou kite kittiwake kiwi klipspringer knot koala koel koi kookaburra kouprey krait krill kudu
lacewing ladybird lamb lammergeier lamprey langur lapwing lark leafhopper leech lemming lemur leopard limpet limpkin
ling linnet linsang lion lionfish lizard llama loach lobster locust longspur loon lorikeet loris lory louse lungfish
lynx lyrebird macaque macaw mackerel magpie mallard mamba manatee mandrill mantis mara margay markhor marlin marmoset
marmot marten martin mastodon mayfly meadowlark meerkat merganser merlin midge millipede mink minnow mockingbird mole
mongoose monkey moorhen moose mosquito moth motmot mouflon mouse mudskipper mule mullet muntjac murrelet muskox
muskrat mussel mustang mynah narwhal nautilus needlefish newt nighthawk nightingale nightjar nilgai noctule numbat
nutcracker nuthatch nutria nyala ocelot octopus okapi olingo opah opossum orangutan orca oribi oriole ortolan oryx
osprey ostrich otter ouzel ovenbird owl ox oyster oystercatcher paca paddlefish panda pangolin panther parakeet parrot
parrotfish partridge peacock peafowl peccary pelican penguin perch peregrine petrel phalarope pheasant phoebe pig
pigeon pika pike pilchard pintail pipefish pipistrelle pipit piranha pitta plaice platypus plover pochard polecat
pollock pony porcupine porpoise possum potoo potoroo prawn pronghorn ptarmigan puffbird puffer puffin puma pupfish
python quagga quail quelea quetzal quokka quoll rabbit raccoon ram rat ratel rattlesnake raven ray razorbill redpoll
redshank redstart redwing reedbuck reindeer remora rhea rhebok rhinoceros roach roadrunner robin roller rook rooster
rorqual ruff sable saiga sailfish salamander salmon sambar sanderling sandgrouse sandpiper sapsucker sardine sawfish
scallop scaup scorpion scoter seadragon seagull seahorse seal serin serval shad shark shearwater sheep shelduck shrew
shrike shrimp siamang sidewinder silkworm silverfish siskin sitatunga skate skimmer skink skua skunk skylark sloth
slug smelt snail snake snapper snipe snook sole spadefish sparrow sparrowhawk spider sponge spoonbill springbok
springhare squid squirrel stag starfish starling steenbok stickleback stilt stingray stint stoat stonechat stonefish
stork sturgeon sunbird sunfish swallow swan swift swordfish tahr tailorbird takin tamandua tamarin tanager tapir
tarantula tarpon tarsier tegu tench tenrec termite tern terrapin thrasher thrush tick tiger tilapia tinamou tit toad
topi tortoise toucan towhee treecreeper treefrog triggerfish trogon trout tuatara tuna turaco turbot turkey turnstone
turtle uakari vaquita veery vendace vervet vicuna viper vireo viscacha vole vulture wagtail wallaby wallaroo walrus
warbler warthog wasp waterbuck waxbill waxwing weasel weaver weevil weka whale wheatear whelk whimbrel whinchat
whippoorwill whitebait whitethroat whiting wigeon wildcat wildebeest willet wolf wolverine wombat woodcock woodlark
woodlouse woodpecker woodpigeon worm wrasse wren wryneck yak yellowhammer yellowthroat zebra zebu zorilla
"""
