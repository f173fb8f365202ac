# What is wrong with a META.json by the PGXN Meta Spec 1.0, a line each.
def text: type == "string" and length > 0;
def semver: text and test("^(0|[1-9][0-9]*)\\.(0|[1-9][0-9]*)\\.(0|[1-9][0-9]*)(-?[a-zA-Z][-0-9A-Za-z]*)?$");
def term: text and length >= 2 and test("^[^[:cntrl:][:space:]/\\\\]+$");
def range: tostring | split(",") | all(test("^ *(==|!=|>=|<=|<|>)? *(0|[0-9]+\\.[0-9]+\\.[0-9]+) *$"));
def known: ["agpl_3", "apache_1_1", "apache_2_0", "artistic_1", "artistic_2", "bsd", "freebsd", "gfdl_1_2", "gfdl_1_3",
    "gpl_1", "gpl_2", "gpl_3", "lgpl_2_1", "lgpl_3_0", "mit", "mozilla_1_0", "mozilla_1_1", "openssl", "perl_5",
    "postgresql", "qpl_1_0", "ssleay", "sun", "zlib", "open_source", "restricted", "unrestricted", "unknown"];
def keys_allowed: ["name", "abstract", "version", "maintainer", "license", "provides", "meta-spec", "description",
    "generated_by", "tags", "no_index", "prereqs", "release_status", "resources"];
def wrong(condition; message): if condition then empty else message end;
. as $meta
| wrong(.name | term; "name: a term of two characters or more"),
  wrong(.abstract | text; "abstract: a string"),
  wrong(.version | semver; "version: a semantic version"),
  wrong(.maintainer | text or (type == "array" and length > 0 and all(text)); "maintainer: a string or a list of them"),
  wrong([.license] | flatten | all(. as $l | known | index($l)); "license: a licence that the specification knows"),
  wrong(.["meta-spec"] | type == "object" and (.version | semver); "meta-spec: an object with a version"),
  wrong(.provides | type == "object" and length > 0; "provides: an object that is not empty"),
  (.provides | to_entries[] | wrong(.key | term; "provides: \(.key) is no term"),
      wrong(.value.file | text; "provides.\(.key).file: a string"),
      wrong(.value.version | semver; "provides.\(.key).version: a semantic version"),
      wrong(.value | keys - ["file", "version", "abstract", "docfile"] == []; "provides.\(.key): an unknown key")),
  wrong((.release_status // "stable") | IN("stable", "testing", "unstable"); "release_status: stable, testing or unstable"),
  wrong((.tags // []) | all(text and length < 256 and (test("[/\\\\[:cntrl:]]") | not)); "tags: short strings without slashes"),
  (.prereqs // {} | to_entries[] | wrong(.key | IN("configure", "runtime", "build", "test", "develop") or startswith("x_");
          "prereqs: unknown phase \(.key)"),
      (.key as $phase | .value | to_entries[]
          | wrong(.key | IN("requires", "recommends", "suggests", "conflicts") or startswith("x_");
              "prereqs.\($phase): unknown relationship \(.key)"),
          (.value | to_entries[] | wrong(.value | range; "prereqs: \(.key) needs a version range")))),
  (keys - keys_allowed | .[] | wrong(test("^x_"; "i"); "unknown key \(.)"))
