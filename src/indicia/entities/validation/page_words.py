"""The words of the page `docs/validation/entities.md`."""

HEAD = """# Validation of name matching

How well `indicia.entities.match.meet` meets names of one organisation and keeps others apart. Written by `src/indicia/entities/validation/` on {day}, list of {as_of}. The figures of this table are those of the {part} part.

"""
PICTURE = """
![F1 against false hits per 10,000 unlisted names](../img/validation_entities.svg)

The publishers' files are not part of this repository: PARAT is non-commercial, the copies of MyCareersFuture and of the notices carry no licence. Only figures of them stand here. With copies in a folder: `python -m indicia.entities.validation FOLDER docs --final --nomenklatura PYTHON --reviewed FILE`, where FOLDER holds `parat/`, `mcf/`, `openalex_cn_collab/`, `cross_script_pairs/` and `cset_pla_contracts/`. Without `--final` the final part is not computed. A test in `tests/unit` runs the same measurement on what the repository does hold.

"""
RULES = """## Rules, written before any final figure was computed

1. Listed: the organisations of the BIS Entity List that this repository holds (US public domain, {listings} listings; apparent persons are left out by the parser). The list repeats companies, so listings whose main names are equal up to legal form, marks and case are joined: {entities} entities with {names} names. A heading such as `Affiliated Entity:` and an abbreviation in brackets are taken off the name asked for; the targets hold both.
2. Split by entity: entities that share any name stay together; the first digit of the SHA-256 of the key, even: development, odd: final. The final part was not used to set anything. Unlisted names are split likewise, companies with Han names by company. The same target list serves both parts, as it does in use.
3. Noise (seed {seed}): each listed entity is asked for once, under its own name with one of nine kinds of noise that applies, four in ten with a second; six in ten in capitals. Names over {longest} characters are descriptions and are not asked for. **The noise is synthetic**: its kinds are those of shipping records, its mix is not measured, and whoever mended the matcher knew the kinds (see Noise of other kinds).
4. Truth: every entity that holds the name asked for, up to legal form; for a name cut at {wide} characters, every entity with a name that begins so. Nothing else is right, a sister company least of all.
5. Unlisted: {unlisted} names of real organisations: {unlisted_PARAT} companies of PARAT, {unlisted_MyCareersFuture} employers of MyCareersFuture (Singapore), {unlisted_OpenAlex} institutions of OpenAlex (sampled by hash). Left out: {equal_to_a_listed_name} that equal a listed name, and {of_a_listed_group__by_hand_rule} that hold a word of a list of listed groups and universities made by hand (`LISTED_GROUPS` in `src/indicia/entities/validation/files.py`). The rule is blunt: some names that are left are a listed body written otherwise, and hits on them count as false here.
6. A hit is the best pair shown as `same` or `possible`. Precision: right hits among names with a hit. Recall: right hits among listed names. It depends on the mix, {listed_development} listed and {unlisted_development} unlisted names in the development part, {listed_final} and {unlisted_final} in the final one; false hits per 10,000 do not.
7. Countries: a listed name is asked for with one of its listed countries, an unlisted one with its own; `no country` asks by the name alone.
8. Intervals are 95 %: Wilson's for shares, bootstrap over entities (2,000 draws, listed and unlisted apart) for F1.
9. Baselines compare the same queries with the same target names. Jaro-Winkler and rapidfuzz compare all with all; LogicV2 is asked about the five best targets of each of them. For those three, pairs whose countries differ are left out when countries are asked with; LogicV2 sees the countries too. Their thresholds are set on the development part, ours is the one shipped.

"""
LATIN = "## Noisy Latin names\n\n"
NO_LOGIC = "\nLogicV2 was not measured in this run.\n"
NOISE = "\nBy kind of noise, ours as shipped, with country. A name with two kinds counts under both.\n\n"
WRONG = """
Wrong hits by kind, ours as shipped, with country. Kinds are told by a coarse rule over words: `sister company` shares a rare word and differs in a place; `generic words only` shares nothing rarer than 25 listed names; `short name` has fewer than six letters. Unlisted names that met a listing were read afterwards; those of OpenAlex that are the listed body itself under another spelling are told apart here, and count as false everywhere all the same.

"""
UNSEEN = """
## Noise of other kinds

The kinds of noise above were known while the matcher's rules were mended on the development part, so the final part shows other names, but noise of kinds that the rules were written for. These seven kinds were kept apart and used once, on the final part, after the rules stood; one kind for every name, all in capitals. One of the seven is no longer apart: titles before names were mended after a first figure of 57.9 % had been seen, so their row shows other names, not an unknown kind, and the sum over all kinds gained from it. Ours as shipped, same unlisted names.

"""
SISTERS = """
## Sister companies, made

Every listed name that states one of twenty cities, with the city exchanged for another, where nobody listed has that name; asked for with the listed country. A name of another city should stay apart; a listed name without a city may be its parent, and showing it is fair.

"""
STAGES = "\n## What every method adds\n\nBest hits, ours as shipped, with country.\n\n"
ALIASES = """
## True aliases held out

One alias per entity, published by the list, is taken out of the targets and asked for; it differs from every name left in more than legal form, marks and case. Most are translations, acronyms, numbers of factories or new names: no comparison of letters finds them, tables and ids do. Held apart from the figures above.

"""
SCRIPTS = """
## Names in Chinese script

PARAT's aliases: {Han_names} Han names of {Han_companies} companies, {Latin_names} Latin names of {companies}. Han to Han: every Han name against the Han names of all companies, its own taken out; a company with one Han name has nothing left, and whatever is shown for it is false. Han to Latin: every Han name against all Latin names; its least score was lowered once, from 0.84 to 0.82, on misses of the development part. `Its other Han names known`: the other Han names of the company are among the targets, as a register of it would hold them.

`Names alone` is the matcher without its table of other names (`data/reference/organisation_aliases.csv`, {table_organisations} organisations with {table_names} names); `indicia` is the matcher as shipped, with it. The table was written field by field from general knowledge, before its figures on the final part were computed; no row of the final part was looked at for it. Missed names of the development part had been seen in lists by whoever wrote it, and one of them led to a field of its own (firms from outside China). So its figures on the development part are no measure of it, and those on the final part are: of well-known firms, which is what PARAT holds. For firms that nobody knows, `names alone` is the figure to read.

Some companies have two Han names that are different names altogether (a brand and the firm behind it): no comparison finds them, a table does. `Names that share two characters` leaves those out: counted are names that share two characters in a row with another Han name of their company once form, commonest trades and leading city are off. This line was added after the final figure had been seen; the rule reads the names alone, not what the matcher showed. `Or stand in the table` adds the names that the table joins with another Han name of their company.

What was seen of the final part: totals, three times (Han to Han 61 of 77 found over both parts before the rules for Chinese script were mended, 67 after; then 34 of 44 in the final part, at a precision of 97.1 %; Han to Latin 60 of 131 over both, then 52 of 75), and one pair, a brand with figures in it (`360`), that was named in a remark on those figures. The rule for figures was mended for it after that, and two names were gained; they are no longer held out. Without them the final part had, on 2026-11-28, 34 of 42 (81.0 %) by names alone and 38 of 42 (90.5 %) with the table. Nothing else was changed for the comparison of Han with Han.

"""
MISSED = """
Han to Han by kind: names that have another Han name to be found, and those for which nothing right is shown.

"""
PAIRS = "\nLabelled pairs in two scripts, each pair by itself: matching ones that are shown, and others that are shown.\n\n"
ADDRESSES = """
## Addresses shared by listings

"""
FOUND = """Equal texts of two listings or more that name more than a town: one key for {equal}. Another {towns} texts name a town or a country alone and rightly have no key.

Near ones: a sample of pairs of different texts of one country, drawn by likeness without the matcher (forty of every band of rapidfuzz's token_sort_ratio from 70 up) and labelled by hand before it was asked: [entities_addresses.csv](entities_addresses.csv). Of the pairs that are one place (one house number, or one named building) {near} are found; of the others {false}. Pairs less alike than 70, and English against Chinese texts, are not in the sample.

"""
BLOCKING = """
## Blocking against brute force

The first 500 listed names by id of a part, asked for without their country; kept is a name with a right listing among the pairs that are compared at all (at most 20 targets per spelling).

"""
SPEED = """
## Speed

Measured apart, by `tests/bench/test_entities.py`, and not by the run that wrote this page: 1,000,000 made party names (one in two hundred a noisy listed one) against 20,000 listed and made names, from one file to the pairs with their explanations.

| figure | aim | measured on 2026-11-28 |
|---|---|---|
| processor time | about 110 s, that two cores may be done in 60 s by the clock | 81 and 90 s in two runs (241 s before keys became numbers and letters were compared by their traces, on a busier machine) |
| by the clock | 60 s on two cores | 58 and 73 s in two runs, nothing else running: met once, nearly met once |
| peak memory | 2 GB | 1.7 GB |
| against brute-force rapidfuzz in the same run | - | 7 and 6 times as fast (token_sort_ratio of cleaned names on all cores, 406 and 466 s, extrapolated from 1,000 names) |
| noisy listed names with their listing among the candidates | at least 97 % | 98.5 % (394 of 400) |
"""
RUN = "\n## A real run: defence notices\n\n"
READ = """343 award notices of 2020 of Chinese defence bodies (CSET, Harnessed Lightning): {names} different suppliers and end users in {notices} notices, all names in Chinese, none with an id, against the Entity List, which has no Chinese script. {met} of them meet a listing. Every pair shown was read line by line by the maintainers. `Arguable`: a part of a listed body, or its parent.

"""
READER = """
Precision of what is shown, arguable pairs not counted as true: {precision}.

The reader also went through all names and noted those whose own listing is there under a name known to the reader: {found} of them are shown. That list was given to whoever mended the matcher, so it is no held-out figure; what it still misses is known under another name alone.
"""
CURVE = "\n## Our curve, {part} part, with country\n\nThresholds below the shipped ones are for this table only; the shipped least scores depend on the countries (`data/reference/name_limits.toml`).\n\n"
LIMITS = """
## What is not measured

- The mix of noise in any real customs file; names in scripts other than Latin and Han; Han names as customs files write them.
- Precision at real screening ratios: with one listed party in many thousand names, almost every hit is a false one, whatever the figures above. The column of false hits per 10,000 is the one to read.
- Merging: nothing merges on a name alone, and these figures say nothing of registry ids and judgements.
- Renamed firms. They are found by ids, addresses and tables of former names, if at all.
"""
