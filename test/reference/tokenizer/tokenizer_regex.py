"""Makes test/fixtures/tokenizer/regex.json: what the reference finds with regular expressions of every construct.

A list of [pattern, cases]; a case is [text, matches, replaced]: the UTF-16 offsets of matches that are not empty, one after
the other, and the text with <> in place of every match. For a pattern that the reference refuses, its reason.
Run: python tokenizer_regex.py
"""

import json

from tokenizer import FIXTURES, Regex, normalizers, pre_tokenizers, units

WORDS = ["", "a", "aab", "abcabc", "aaabbb ab", "foo bar_baz 12", "xyx", "aXbxAx"]
LETTERS = ["ab AB aB", "ß ss SS sS ẞ ſs", "ﬁ fi FI fI ﬃ ffi fﬁ ﬀi", "ſ s S k K \u212a", "Σ σ ς", "İ i̇ I i ı", "ﬆ st ſt ﬅ ST", "ΐ Ϊ́ Ǆ ǅ ǆ é É", "ab_CD[x]"]
DIGITS = ["12345", "1,234,567 89", "2026年12345円", "٣٤ ½ ² Ⅷ 7x", "123456789"]
SPACES = ["  a  b\t\n c \r\n\r\nd", "\n\n a\n", " \u00a0\u3000\u2028x\u0085y\u000b", "a\rb\nc\r\nd\u2029e\n"]
SIGNS = ["a.b,c!d-e_f(g)[h]", "$+<=>^`|~ 50% #1 &a;", "«quote» — “x” …", "{1} a{2 }]"]
SCRIPTS = ["abc αβγ где 漢字 かな カナ 한글", "क्ष नि กำ e\u0301 👩‍👩‍👧 🇩🇪🇫🇷 👍🏽", "\u1112\u1161\u11ab \ud55c\u11ab \r\n a\u0308\u0301\u200db", "𝟙𐐀𐐨 x\u0301"]
ALL = WORDS + LETTERS[:2] + DIGITS[:3] + SPACES[:2] + SIGNS[:1] + SCRIPTS[:1]

PATTERNS = {
    # characters and escapes
    r"a": WORDS, r"ab|a|b": WORDS, r".": SPACES, r"": ["", "ab", "𝟙a"], r"\t|\n|\r|\f|\v|\a|\e": ["\t\n\r\f\v\a\x1b"],
    r"\x61|\x{62}|\u0063|\143|\o{144}": ["abcde"], r"\x{61 62}": ["ab a b"], r"[\x{61 63-64}]+": ["abcd"], r"\x{1F600}|\uFF21": ["😀Ａ"],
    r"\xE3\x81\x82+": ["ああ"], r"[\xE3\x81\x82-\xE3\x81\x84]+": ["あいうえ"], r"\343\201\202": ["あ"], r"\xE3": [""], r"[\xE3]": [""], r"\xE3a": [""],
    r"\x": ["x\0"], r"\xg": ["\0gx"], r"\x{}": ["x{}"], r"\x{110000}": ["skip"], r"\x{d800}": ["skip"], r"\ud800": ["skip"], r"\u12": [""], r"\x{41": [""], r"[\x{61": [""],
    r"\ca|\C-b|\c?": ["\x01\x02\x7f"], r"\M-a|\M-\C-a": ["á\x81"], r"\c\\": ["\x1c"], r"\c": [""], r"\C": [""], r"\M-": [""], "\\": [""],
    r"\0|\01|\012": ["\0\1\n"], r"\400": ["skip"], r"\8|\9": [""], r"\08": ["\x008"], r"(a)\11": ["a\t"], r"\18": [""],
    r"\q\j\_\-\/\"\<\>": ["qj_-/\"<>"], r"\(\)\[\]\{\}\.\*\+\?\^\$\|\\": ["()[]{}.*+?^$|\\"], r"\Q.\E": ["Q.E Q1E"], r"\U0061": ["U0061"],
    r"\N+": SPACES, r"\O+": SPACES, r"\h+|\H": ["0aFg"], r"\R": SPACES, r"\R\n": SPACES, r"\R+": SPACES, r"(?:\R|x)*y": ["\r\n\rxy\n"],
    r"\X": SCRIPTS + SPACES[:2], r"\X{2}": SCRIPTS, r"\y": SCRIPTS[1:], r"\Y.": SCRIPTS[1:], r"(?y{g})\X": ["e\u0301a"], r"(?y{g}:\X)a": ["e\u0301a"],
    # shorthands and properties
    r"\w+": ALL + SCRIPTS, r"\W+": ALL + SCRIPTS, r"\s+": SPACES, r"\S+": SPACES, r"\d+": DIGITS, r"\D+": DIGITS, r"[\w]+|[^\w\s]": DIGITS + SCRIPTS, r"[\W]+": DIGITS, r"[^\W]+": DIGITS,
    r"\pL+|\pN": ["pLLpNa"], r"\PL+": ["aPLL"], r"\p{L}\p{M}*": SCRIPTS, r"\p{^L}+": ALL, r"\P{^L}+": ALL, r"\p{Lu}|\p{Lt}": LETTERS, r"\p{Letter}+|\p{Decimal_Number}|\p{decimal number}": DIGITS,
    r"\p{Han}+|\p{Hiragana}+|\p{katakana}|\p{HANGUL}": SCRIPTS, r"\p{Greek}+|\p{Cyrl}": SCRIPTS, r"\p{Latin}+": SCRIPTS, r"\p{Old_Italic}|\p{Inherited}|\p{Common}": ["𐌀 \u0301."],
    r"\p{Alpha}+|\p{Digit}": DIGITS, r"\p{Alnum}+": DIGITS, r"\p{Punct}+": SIGNS, r"[[:punct:]]+": SIGNS, r"[\p{Punct}]+": SIGNS, r"\p{S}+|\p{P}": SIGNS, r"\p{Sc}|\p{Sm}+|\p{Pd}|\p{Po}": SIGNS,
    r"\p{Emoji}|\p{Extended_Pictographic}": ["1#a😀👍"], r"\p{White_Space}+": SPACES, r"\p{Any}|\p{Assigned}": ["a"], r"\p{Cn}|\p{Co}|\p{Cc}": ["\u0378\ue000\x01"], r"\p{XDigit}+|\p{Space}": ["aFg 1"],
    r"\p{Alphabetic}+|\p{Uppercase}": LETTERS, r"\p{Lowercase}+": LETTERS, r"\p{Word}+": DIGITS, r"\p{Graph}+|\p{Print}": SPACES, r"\p{Blank}|\p{Cntrl}": SPACES, r"\p{ASCII}+": SCRIPTS,
    r"\p{Foo}": [""], r"\p{": [""], r"\p{L": [""], r"\pQ": [""], r"\p{Script=Greek}": ["skip"],
    r"[[:alpha:]]+|[[:digit:]]": ALL, r"[[:^alpha:]]+": ALL, r"[[:alnum:]]+|[[:space:]]+": ALL, r"[[:upper:]]|[[:lower:]]+": LETTERS, r"[[:xdigit:]]+": WORDS, r"[[:word:]]+": DIGITS, r"[[:ascii:]]+": SCRIPTS,
    r"[[:graph:]]+": SPACES, r"[[:print:]]+": SPACES, r"[[:blank:]]+|[[:cntrl:]]": SPACES, r"[[:foo:]]": [""], r"[[:alpha:]_x]+": WORDS, r"[[:alpha:][:digit:]]+": WORDS, r"[:alpha:]+": ["alpha:x"],
    # classes
    r"[abc]+": WORDS, r"[^abc]+": WORDS, r"[a-c]+": WORDS, r"[-a]+|[b-]": ["a-b-"], r"[a-c-e]+": ["a-ce d"], r"[]a]+": ["]a["], r"[^]a]+": ["]ab["], r"[]": [""], r"[^]": [""], r"[a": [""], r"[a-": [""],
    r"[a\]b]+": ["a]b"], r"[\[\]]": ["[]"], r"[a\-z]+": ["a-z b"], r"[\^a]+|[a^]": ["^a"], r"[a[bc]d]+": WORDS, r"[^a[bc]d]+": WORDS, r"[a-z&&[^aeiou]]+": WORDS, r"[\p{L}&&[^a-z]]+": LETTERS, r"[a-f&&c-z&&[^d]]+": ["abcdef"],
    r"[^a-z&&[aeiou]]+": ["abcde1"], r"[a&&b]": ["ab"], r"[&&a]": ["a&"], r"[a&&]": ["a&"], r"[a&b]+": ["a&b"], r"[a-z&&-x]": ["x-"], r"[\w&&[^\d_]]+": WORDS + DIGITS, r"[[^a]&&[^b]]+": WORDS, r"[[a]-c]+": ["a-c b"],
    r"[z-a]": [""], r"[a-\d]": [""], r"[\d-a]": [""], r"[\w-]+": ["a-b"], r"[\w-.]": [""], r"[[:alpha:]-z]": [""], r"[\s\S]+": SPACES, r"[.*+?|(){}^$]+": SIGNS, r"[\b]": ["\b"], r"[\R]+": ["R\n"], r"[\x41-\x43\u0044]+": ["ABCDE"], r"[a-\x{7fffffff}]+": ["ab1é"],
    r"[一-龥\u3040-ゟ゠-ヿ]+": SCRIPTS, r"[\n\t ]+": SPACES, r"[ #]+": ["a # b"],
    # repetition
    r"a?": WORDS, r"a*": WORDS, r"a+": WORDS, r"a??b": WORDS, r"a*?b": WORDS, r"a+?": WORDS, r"a{2}": WORDS, r"a{2,}": WORDS, r"a{,2}": WORDS, r"a{1,2}": WORDS, r"a{1,2}?": WORDS, r"a{2}?": WORDS, r"a{,2}?b": WORDS, r"a{2,1}": WORDS, r"a{2,1}a": WORDS,
    r"a{0}b": WORDS, r"a{,}": ["a{,}"], r"a{2": ["a{2"], r"a{x}": ["a{x}"], r"{": ["{"], r"a{1,2": ["a{1,2"], r"{1}": [""], r"*a": [""], r"+": [""], r"a|*": [""], r"(?:*)": [""],
    r"\d{1,3}+": DIGITS, r"\d{2}+": DIGITS, r"\d{2,}+": DIGITS, r"x{1,3}+": ["xxxxxxx"], r"\p{N}{1,3}+": DIGITS, r"a++b": WORDS, r"a*+a": WORDS, r"a?+a": WORDS, r"(?:ab)++": WORDS, r"(?:a|ab)++c": ["abc ac aac"],
    r"a**": WORDS, r"a+*": WORDS, r"a?*": WORDS, r"(?:a+)?": WORDS, r"(?:a*)+": WORDS, r"(?:a?){3}": WORDS, r"(?:a{2}){2}": ["aaaaaaaaa"], r"(?:a|b)*": WORDS, r"(?:a|b)*?c": WORDS, r"(?:ab?)+": WORDS, r"(?:)*": ["ab"], r"(?:a|)*b": WORDS, r"(?:|a)+": WORDS, r"(?:a??)*": WORDS, r"(?:a*?)*b": WORDS,
    r"(?:a?b??)*c": ["abc aabbc c"], r"(?:(?:a*)*)*b": WORDS, r"a{100001}": [""], r"a{99999}": ["aa"], r"(?:a+)+?b": WORDS, r"(?:ab){2,3}": ["abababab"], r"(?:ab){1,2}?c": ["ababc"], r".{2}": SCRIPTS, r".{3,5}?": SCRIPTS,
    r"(?=a)*": [""], r"^*": [""], r"(?:^)*a": [""], r"\b+": [""], r"(?=a)?": [""],
    # groups
    r"(a)(b)": WORDS, r"(?:a)(?:b)": WORDS, r"((a)|b)+": WORDS, r"(?<x>a)b": WORDS, r"(?'x'a)b": WORDS, r"(?<x>a)(?<x>b)": WORDS, r"(?<1>a)": [""], r"(?<>a)": [""], r"(?<x": [""], r"(?<x>a": [""], r"(a": [""], r"a)": [""], r"(?": [""], r"(?P<x>a)": [""], r"(?z)": [""], r"()": ["ab"],
    r"(?>a+)b": WORDS, r"(?>a|ab)c": ["abc ac"], r"(?>a*?)b": WORDS, r"(?#comment)a(?#\))b": WORDS, r"a(?#x)+": WORDS, r"(?#": [""], r"a||b": WORDS, r"|a": WORDS, r"(|a)b": WORDS,
    # looking around, and places
    r"a(?=b)": WORDS, r"a(?!b)": WORDS, r"(?<=a)b": WORDS, r"(?<!a)b": WORDS, r"\s+(?!\S)": SPACES, r"\s+(?!\S)|\s+": SPACES, r"(?<=a|bc)a": WORDS, r"(?<=a+)b": WORDS, r"(?<=ba*)a": WORDS, r"(?<!ba*)a": WORDS, r"(?<=^|\s)\w": SPACES, r"(?<=(?>a|ab))c": ["abc ac"], r"(?<=a*+)b": WORDS,
    r"(?<!(a))b": [""], r"(?<!(?:a))b": WORDS, r"(?<=(a))b\1": ["aba"], r"(?<=(?<x>a|b)c)\k<x>": ["aca acb"], r"(?=(a+))a*b\1": ["aaabaa"], r"(?<=a(?=b))b": WORDS, r"(?<=a(?<=a))b": WORDS, r"(?=.*b)a": WORDS, r"(?!.*b)a": WORDS, r"(?<=\X)a": ["e\u0301a"], r"(?<=.{2})a": WORDS, r"(?<=𐐀)𐐨": SCRIPTS,
    r"^": SPACES + WORDS, r"$": SPACES + WORDS, r"^a": SPACES + WORDS, r"b$": WORDS, r"\s+$": SPACES, r"[ab]+c..": ["abcabbbcxx"], r"[ab]+(?=c|b)": ["abbcabcab"], r"[ab]+(?<=b)(?!c)": ["abbcabcaba"], r"[ab]+\Z": ["ab\n", "abcab"], r"[ab]+^": ["ab\nab"], r"[ab\n]+^": ["ab\nab\n\n"], r"[ab\n]+$": ["ab\nab\n\nc"], r"[ab\n]+\A|c": ["ab\nc"], r"^\s+": SPACES, r"\A\s*": SPACES, r"\s*\z": SPACES, r"\s*\Z": SPACES, r"\Z": SPACES, r"\z": SPACES, r"\A": ["ab", ""], r"(?:^a|b)": WORDS, r"\n$": SPACES, r"^\n": SPACES,
    r"\b": ALL + SCRIPTS, r"\B": ALL + SCRIPTS, r"\b\w": ALL, r"\w\b": ALL, r"\d{1,3}(?=(?:\d{3})*\b)": DIGITS, r"(?=(\d{3})+(?!\d))": DIGITS, r"\B(?=(?:\d{3})+(?!\d))": DIGITS, r"\Ga": WORDS, r"\G.": WORDS, r"\G(?:a|x)*y?": WORDS, r"(?:\Ga|c)": ["aabcaac"],
    r"a\Kb": WORDS, r"\Ka": WORDS, r"a\K": WORDS, r"(?:a\K)+b": WORDS, r"(?:a\Kb|ac)": ["ab ac"],
    # back references, calls, conditions
    r"(.)\1": WORDS, r"(.)\1*": WORDS, r"(\w)\1+": WORDS, r"(a|b)\1": WORDS, r"(?<x>.)\k<x>": WORDS, r"(?<x>.)\k'x'": WORDS, r"(.)\k<1>": WORDS, r"(.)\k<-1>": WORDS, r"(.)(?:\k<-1>)*": WORDS, r"\1(a)": WORDS, r"(a\1)": WORDS, r"\2(a)": [""], r"(a)\2": [""], r"\k<x>": [""], r"\k<x>(?<x>a)": [""], r"\k<0>": [""],
    r"(?<x>a)\1": [""], r"(?<x>a)(b)\k<x>": ["aba"], r"(?<x>a)|(?<x>b)\k<x>": ["abb bb"], r"(?<x>a)(?<x>b)\k<x>": ["abb aba"], r"(?:(a)|b)\1": WORDS, r"(?i)(a)\1": LETTERS, r"(?i)(ß)\1": ["ßß ssß ssss SSss ẞß"], r"(?i)(s+)x\1": ["sSxSs"], r"(?i)(\p{Lu})\1": ["K\u212a \u212aKxy", "\u212aK"], r"(?i:(?<x>k))\k<x>": ["kK kk"], r"(a*)\1b": WORDS, r"(a*)+\1": WORDS, r"\k": ["k"], r"\g": ["g"],
    r"(?<x>a\g<x>?b)": ["aabb ab aab"], r"\((?:[^()]|\g<0>)*\)": ["(a(b)c) (d"], r"(?<p>\((?:[^()]|\g<p>)*\))": ["(a(b)c) (d"], r"(a|b)\g<1>": WORDS, r"(a|b)\g<-1>": WORDS, r"\g<+1>(a|b)": WORDS, r"\g'x'(?<x>a)": WORDS, r"(?<x>a|b\g<y>c){0}(?<y>d|\g<x>){0}\g<x>": ["a bdc bbdcc"], r"(?i:(?<x>a))\g<x>": ["aA"], r"(?<x>\g<x>a)": [""], r"\g<0>": [""], r"\g<x>": [""], r"(a\g<1>)": [""], r"(?<x>a)(?<x>b)\g<x>": [""], r"\g<3>(a)": [""],
    r"(a)?(?(1)b|c)": ["ab c b"], r"(a)?(?(1)b)": ["ab c b"], r"(?<x>a)?(?(<x>)b|c)": ["ab c b"], r"(a)?b(?(1))": ["ab b"], r"(?(a)b|c)": ["ab c a"], r"(?(?=a)\w+|\d)": ["ab 1"], r"(?(a|b)c|d|e)": ["ac bc d e"], r"(a)?(?(1)(?:b|c)|d)": ["ab ac d"], r"(?(2)a)": [""], r"(?(a))": [""], r"(a)?(?(1)|c)": ["a c"],
    # options
    r"(?i)ab": LETTERS, r"(?i:ab)": LETTERS, r"a(?i:b)": LETTERS, r"(?i)a(?-i)b": LETTERS, r"a(?i)b|c": ["aB C ac"], r"(?:a(?i)b|c)d": ["aBd cD abd"], r"(?i)ß": LETTERS, r"(?i)ss": LETTERS, r"(?i)s": LETTERS, r"(?i)ſ": LETTERS, r"(?i)k": LETTERS, r"(?i)\u212a": LETTERS, r"(?i)ﬁ": LETTERS, r"(?i)fi": LETTERS, r"(?i)ffi": LETTERS, r"(?i)ff": LETTERS, r"(?i)ﬃ": LETTERS,
    r"(?i)σ": LETTERS, r"(?i)ς": LETTERS, r"(?i)i": LETTERS, r"(?i)İ": LETTERS, r"(?i)ı": LETTERS, r"(?i)st": LETTERS, r"(?i)ΐ": LETTERS, r"(?i)ǆ": LETTERS, r"(?i)É": LETTERS, r"(?i)s+": LETTERS, r"(?i)ss+": LETTERS, r"(?i)(?:s)(?:s)": LETTERS, r"(?i:s)(?i:s)": LETTERS, r"(?i)(s)s": LETTERS, r"(?i)s(?#)s": LETTERS, r"(?i)\x73\u0073": LETTERS, r"(?i)sst": LETTERS + ["ßt sﬆ"],
    r"(?i)[a-z]+": LETTERS, r"(?i:[a-z]+)": LETTERS, r"(?i)[^a-z]+": LETTERS, r"(?i)[ß]": LETTERS, r"(?i)[ẞ]x?": LETTERS, r"(?i)[s]+": LETTERS, r"(?i)[ﬁﬃ]": LETTERS, r"(?i)[^ß]+": LETTERS, r"(?i)[\p{Lu}]+": LETTERS, r"(?i)\p{Lu}+": LETTERS, r"(?i)[^\p{Lu}]+": LETTERS, r"(?i)\w+": LETTERS, r"(?i)[^[^a]]": LETTERS, r"(?i)[a-c&&b-z]": LETTERS,
    r"(?i)(?<=ss)x": ["ßx ssx SSx"], r"(?i)(?<=ß)x": ["ßx ssx ẞx"], r"(?i)(?<=[ß])x": ["ßx ssx"], r"(?i)(?<!s)s": LETTERS, r"(?I)(?i)k": LETTERS, r"(?Ii)ss": LETTERS, r"(?iI:[a-z]+)": LETTERS, r"a(?I)b": [""], r"(?C)(a)b": WORDS, r"(?C)(a)\1": [""], r"'(?i:[sdmt]|ll|ve|re)": ["I'm he'LL we'Ve 'ſ"],
    r"(?m:.)+": SPACES, r"(?m).": SPACES, r"(?m)a.c": ["a\nc"], r"(?m-m:.)": SPACES, r"(?x) a b # comment": WORDS, "(?x)a # c\nb": WORDS, r"(?x:a b)c d": ["abc d"], r"(?x)a +": WORDS, r"(?x)[a b]+": WORDS, r"(?x)a\ b": ["a b"], r"(?mix)A . B": ["a\nb"], r"(?im-x:A.B)": ["a\nb"], r"(?-i)a": WORDS, r"(?)a": [""], r"(?s)a": [""], r"(?a)a": [""], r"(?u)a": [""],
    r"(?W)\w+": DIGITS + SCRIPTS, r"(?W:\b)": SCRIPTS, r"(?W:[^\w]+)": SCRIPTS, r"(?W)\W+": SCRIPTS, r"(?D)\d+": DIGITS, r"(?S)\s+": SPACES, r"(?P)\w+|\d|\s": SCRIPTS + DIGITS, r"(?P:[[:alpha:]]+)": SCRIPTS, r"(?P:\p{Alpha}+)": SCRIPTS, r"(?P:\p{L}+)": SCRIPTS, r"(?W-W:\w+)": SCRIPTS,
    # published
    r"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+": ALL + SCRIPTS,
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?+\p{L}++|\p{N}{1,3}+| ?[^\s\p{L}\p{N}]++[\r\n]*+|\s++$|\s*[\r\n]|\s+(?!\S)|\s": ALL + SCRIPTS,
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+": ALL + SCRIPTS,
    r"[\p{Han}]+|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}&&[^\p{Han}]]*[\p{Ll}\p{Lm}\p{Lo}\p{M}&&[^\p{Han}]]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}&&[^\p{Han}]]+[\p{Ll}\p{Lm}\p{Lo}\p{M}&&[^\p{Han}]]*(?i:'s|'t|'re|'ve|'m|'ll|'d)?|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+": ALL + SCRIPTS + LETTERS,
    r" ?[^(\s|.,!?…。，、।۔،)]+": ALL + SCRIPTS, r"<\|startoftext\|>|<\|endoftext\|>|'s|'t|'re|'ve|'m|'ll|'d|[\p{L}]+|[\p{N}]|[^\s\p{L}\p{N}]+": ALL, r" {2,}": SPACES, r"\n|[ ]{2,}": SPACES,
    r"\s{512}(?!\S)|\s{2}(?!\S)|\s{1,2}(?!\S)|\s": SPACES, r"[^\r\n\p{L}\p{N}]?(?:\p{L}\p{M}*(?: \p{L}\p{M}*)*)+|\s+": ALL + SCRIPTS,
    # callouts and absent operators
    r"\p{olditalic}": ["skip"], r"(?~ab)": ["skip"], r"(?~|ab|.*)": ["skip"], r"(?~|ab)": ["skip"], r"(?{x})a": ["skip"], r"(*FAIL)": ["skip"], r"(?L)a|ab": ["skip"], r"(?y{w})\X": ["skip"], r"(?<x>a)\k<x+0>": ["skip"], r"\p{In_Hiragana}": ["skip"],
}


def found(pattern, text):
    pieces = pre_tokenizers.Split(Regex(pattern), "removed", invert=True).pre_tokenize_str(text)
    offsets = [units(text, place) for _, span in pieces for place in span]
    return [text, offsets, normalizers.Replace(Regex(pattern), "<>").normalize_str(text)]


def entry(pattern, texts):
    if texts == ["skip"]:
        return [pattern, "not offered"]
    try:
        return [pattern, [found(pattern, text) for text in texts]]
    except BaseException as error:
        return [pattern, str(error)]


if __name__ == "__main__":
    lines = [json.dumps(entry(pattern, texts), ensure_ascii=False) for pattern, texts in PATTERNS.items()]
    (FIXTURES / "regex.json").write_text("[\n" + ",\n".join(lines) + "\n]\n", encoding="utf-8")
