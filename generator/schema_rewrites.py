"""Rewrites the document so that the generator handles it correctly, or refuses it.

The generator sees less than JSON Schema says: it takes the first keyword that it knows, and leaves
out what it does not. Here schemas are rewritten so that whatever they accept can be parsed; what
they refuse is refused by the validator, which reads the document as it is.
"""

import copy
from collections.abc import Iterator
from itertools import combinations
from typing import Any, TypeGuard, cast
from urllib.parse import quote

from openapi_python_client.schema.untrusted_string import UntrustedString
from openapi_python_client.strings import PythonIdentifier, snake_case

from generator.document_checks import LISTS, NAMED, SINGLE, shown
from generator.document_json import METHODS, module_of, successes_of
from generator.documents import Document, SpecError, parameters_of, resolved

Place = tuple[str, ...]

_UNIONS = ("anyOf", "oneOf")
_PARSED_FORMATS = ("date-time", "date", "uuid")
_NOTES = (
    "title", "description", "default", "deprecated", "readOnly", "writeOnly", "examples",
    "example", "$comment", "xml", "externalDocs",
)  # fmt: skip
_TYPES_WITHOUT_LITERAL = {"NoneType": "null", "float": "number", "list": "array", "dict": "object"}


def prepared(document: Document) -> Document:
    """Return the document as the generator is to read it.

    Raises SpecError, which names the place and what to write instead, for what would come out
    wrong.
    """
    return _Preparation(copy.deepcopy(document)).document


class _Preparation:
    def __init__(self, document: Document) -> None:
        self.document = document
        self.before: Document = copy.deepcopy(document)
        self.uploads = set[str]()
        self._check_operations()
        schemas = document.get("components", {}).get("schemas", {})
        for _, media, holder in self._bodies():
            if media != "json":
                self.uploads |= set(self._reached(holder.get("schema", {})))
        for name in schemas:
            place = ("components", "schemas", name)
            schemas[name] = self._schema(schemas[name], place, place, binary=name in self.uploads)
        for name in list(schemas):
            self._name_objects(name)
        done = set[int]()
        for home, media, holder in list(self._bodies()):
            if "schema" in holder and id(holder) not in done:
                done.add(id(holder))
                holder["schema"] = self._schema(
                    holder["schema"], home, home, binary=media != "json"
                )

    def _check_operations(self) -> None:
        seen: dict[str, str] = {}
        for path, method, operation in _operations(self.document):
            name = module_of(path, method, operation)
            here = f"{method.upper()} {path}"
            if name in seen:
                raise SpecError(
                    f"openapi.yaml, {here}: its module would be called {name}, like that of "
                    f"{seen[name]}; give it another operationId."
                )
            seen[name] = here

    def _bodies(self) -> Iterator[tuple[Place | None, str, Document]]:
        """Return what holds schemas, with their places in document.json, if any, and media."""
        document = self.document
        for path, method, operation in _operations(document):
            home = ("operations", module_of(path, method, operation))
            item = document["paths"][path]
            for parameter in parameters_of(item, operation, document):
                _describe(parameter)
                yield (*home, "parameters", parameter["name"], "schema"), "json", parameter
            body = resolved(operation.get("requestBody", {}), document)
            for kind, media in body.get("content", {}).items():
                yield (*home, "bodies", kind), _kind_of(kind), media
            successes = successes_of(operation)
            for status, response in operation.get("responses", {}).items():
                content = resolved(response, document).get("content", {})
                for kind, media in content.items():
                    place = (*home, "responses", str(status))
                    is_there = str(status) in successes and _kind_of(kind) == "json"
                    yield place if is_there else None, _kind_of(kind), media

    def _reached(self, schema: Any) -> Iterator[str]:
        """Return the names of the components that a schema refers to, directly or not."""
        found = set[str]()
        rest: list[Any] = [schema]
        while rest:
            node = rest.pop()
            if isinstance(node, dict):
                mapping = cast(Document, node)
                rest.extend(mapping.values())
                name = str(mapping.get("$ref", "")).rpartition("/")[2]
                if name and name not in found:
                    found.add(name)
                    rest.append(resolved(mapping, self.before))
            elif isinstance(node, list):
                rest.extend(cast(list[object], node))
        yield from found

    def _schema(
        self,
        schema: Any,
        place: Place | None,
        shown: Place | None,
        *,
        binary: bool = False,
        part: bool = False,
    ) -> Document:
        """Return a schema as the generator is to read it.

        `part`: this is a part of a schema that has the type.
        """
        if schema is True:
            return {}
        if schema is False:
            return {"not": {}}
        if "$ref" in schema:
            return cast(Document, schema)
        self._check_names(schema, shown)
        self._check_union(schema, shown)
        self._place_members(schema, place, shown)
        self._simplify(schema, binary=binary)
        if schema.get("deprecated"):
            schema["description"] = _marked(schema.get("description", ""), schema)
        if not part:
            self._check_properties(schema, shown)
        for keyword in NAMED:
            for name, inner in schema.get(keyword, {}).items():
                schema[keyword][name] = self._schema(
                    inner,
                    _step(place, keyword, name),
                    _step(shown, keyword, name),
                    binary=binary,
                    part=keyword == "dependentSchemas",
                )
        for keyword in LISTS:
            for number, inner in enumerate(schema.get(keyword, [])):
                steps = (keyword, str(number))
                schema[keyword][number] = self._schema(
                    inner,
                    _step(place, *steps),
                    _step(shown, *steps),
                    binary=binary,
                    part=keyword == "allOf" or _has_type(schema, "object"),
                )
        for keyword in SINGLE:
            inner = schema.get(keyword)
            if isinstance(inner, dict):
                schema[keyword] = self._schema(
                    inner,
                    _step(place, keyword),
                    _step(shown, keyword),
                    binary=binary,
                    part=keyword not in ("items", "additionalProperties"),
                )
        self._join_all(schema)
        facts = self._facts(schema)
        if place is not None:
            facts["x-place"] = _pointer(place)
        schema.update(facts)
        return cast(Document, schema)

    def _simplify(self, schema: Document, *, binary: bool) -> None:
        """Leave out what the generator takes for something else."""
        kind = _TYPES_WITHOUT_LITERAL.get(_type_name(schema.get("const", 0)))
        if kind is not None:
            del schema["const"]
            schema.setdefault("type", kind)
        values: list[Any] | None = schema.get("enum")
        if values is not None:
            kinds = {_type_name(value) for value in values if value is not None}
            if kinds - {"str"} and kinds - {"int"}:
                del schema["enum"]
            else:
                schema["enum"] = list(dict.fromkeys(values))
                if None in values and isinstance(schema.get("type"), list):
                    del schema["type"]
        if _has_type(schema, "array"):
            if "prefixItems" in schema or not isinstance(schema.get("items"), dict):
                schema["items"] = {}
            schema.pop("prefixItems", None)
        if "patternProperties" in schema:
            schema.pop("additionalProperties", None)
            del schema["patternProperties"]
        if schema.get("format") == "binary" and not binary:
            del schema["format"]
        if _has_type(schema, "object"):
            members: list[Document] = [
                each for key in _UNIONS for each in schema.get(key, []) if isinstance(each, dict)
            ]
            described = ("$ref", "type", "properties", "allOf", "anyOf", "oneOf")
            if not any(set(described) & set(each) for each in members):
                for keyword in _UNIONS:  # they demand fields, and describe none
                    schema.pop(keyword, None)
            for each in members:
                if "properties" in each:
                    each.setdefault("type", "object")

    def _join_all(self, schema: Document) -> None:
        """Rewrite allOf so that the generator makes the right property of it."""
        parts = schema.get("allOf")
        if not parts:
            return
        if self._is_object(schema):
            if len(parts) == 1 and "$ref" in parts[0]:
                own: Document = {
                    key: schema.pop(key) for key in ("properties", "required") if key in schema
                }
                if own:
                    parts.append({"type": "object", **own})
            # A constant that a field of another part has does not change how that is parsed.
            seen: Document = {}
            for part in parts:
                for name, field in dict(self._seen(part).get("properties", {})).items():
                    is_own = name in part.get("properties", {})
                    if is_own and not _are_merged(seen.get(name, field), field):
                        del part["properties"][name]
                    seen.setdefault(name, field)
            return
        references = [part for part in parts if "$ref" in part]
        if references:
            schema["allOf"] = references[:1]
            for key in ("type", *_UNIONS):
                schema.pop(key, None)
        else:
            del schema["allOf"]
            for part in parts:
                for key, value in part.items():
                    schema.setdefault(key, value)

    def _check_properties(self, schema: Document, shown: Place | None) -> None:
        if "properties" in schema and not self._is_object(schema) and "enum" not in schema:
            raise SpecError(
                f"openapi.yaml, {_shown(shown)}: it has properties but no type, so it accepts any "
                "text or number, too; write `type: object` beside them."
            )
        if schema.get("properties") and any(schema.get(keyword) for keyword in _UNIONS):
            raise SpecError(
                f"openapi.yaml, {_shown(shown)}: it is one of several classes, none of which "
                "would have the properties beside them; write these in each of the alternatives."
            )

    def _is_object(self, schema: Any, seen: frozenset[int] = frozenset()) -> bool:
        schema = resolved(schema, self.before)
        if id(schema) in seen:
            return False
        if _has_type(schema, "object"):
            return True
        return any(self._is_object(part, seen | {id(schema)}) for part in schema.get("allOf", []))

    def _seen(self, schema: Any, seen: frozenset[int] = frozenset()) -> Document:
        """Return an object schema with what its allOf adds: properties, required, and the rest."""
        schema = resolved(schema, self.before)
        if id(schema) in seen:
            return {}
        seen |= {id(schema)}
        whole: Document = {"properties": dict(schema.get("properties", {}))}
        whole["required"] = list(schema.get("required", []))
        ignored = (
            "properties",
            "required",
            "allOf",
            "description",
            "title",
            "example",
            "examples",
        )
        whole["rest"] = {
            key: value
            for key, value in schema.items()
            if key not in ignored and not key.startswith("x-")
        }
        for part in schema.get("allOf", []):
            inner = self._seen(part, seen)
            for name, value in inner.get("properties", {}).items():
                own = whole["properties"].get(name)
                whole["properties"][name] = value if own is None else {"allOf": [own, value]}
            whole["required"] += inner.get("required", [])
            whole["rest"] |= inner.get("rest", {})
        return whole

    def _facts(self, schema: Document) -> Document:
        """Return what the templates ask of a model: its constants and its required fields."""
        seen = self._seen(schema)
        required = list(dict.fromkeys(seen.get("required", [])))
        consts = dict[str, list[str]]()
        for name in required:
            if values := self._constants(seen["properties"].get(name, {})):
                consts[name] = values
        return {"x-consts": consts, "x-required": required, "x-rank": len(required)}

    def _constants(self, schema: Any, seen: frozenset[int] = frozenset()) -> list[str]:
        """Return the texts that alone are valid by a schema; nothing when there are others."""
        schema = resolved(schema, self.before)
        for part in schema.get("allOf", []) if id(schema) not in seen else ():
            if found := self._constants(part, seen | {id(schema)}):
                return found
        values = [schema["const"]] if "const" in schema else schema.get("enum", [])
        return values if all(isinstance(value, str) for value in values) else []

    def _check_names(self, schema: Document, shown: Place | None) -> None:
        names: dict[str, str] = {}
        for name in self._seen(schema).get("properties", {}) if "$ref" not in schema else ():
            python = PythonIdentifier(UntrustedString(name), "field_", skip_snake_case=True)
            if python in names:
                raise SpecError(
                    f"openapi.yaml, {_shown(shown)}: the fields {names[python]!r} and {name!r} "
                    f"would both be called {python} in Python; take one of them out of "
                    f"`properties` (it is kept all the same, as model[{name!r}])."
                )
            names[python] = name
        values: list[Any] = [value for value in schema.get("enum") or () if value is not None]
        if {_type_name(value) for value in values} not in ({"str"}, {"int"}):
            return
        listed = list(dict.fromkeys(values))
        own: object = schema.get("x-enum-varnames", [])
        if not _are_names(own):
            raise SpecError(
                f"openapi.yaml, {_shown(shown)}: `x-enum-varnames` has what is no name in Python; "
                "list a name of letters, digits and `_` for each value."
            )
        named: dict[str, Any] = {}
        for number, value in enumerate(listed):
            if isinstance(value, str) and not value.isprintable():
                raise SpecError(
                    f"openapi.yaml, {_shown(shown)}: the value {value!r} of the enumeration has a "
                    "control character; describe it with `pattern`, without `enum`."
                )
            if len(own) == len(listed):
                name = own[number]
            elif isinstance(value, str) and value[:1].isalpha():
                name = value
            else:
                name = f"VALUE_{number}"
            name = snake_case(name).upper()
            if name in named:
                raise SpecError(
                    f"openapi.yaml, {_shown(shown)}: the values {named[name]!r} and {value!r} of "
                    f"the enumeration would both be called {name} in Python; list another name "
                    "for each value under `x-enum-varnames`."
                )
            named[name] = value

    def _check_union(self, schema: Document, shown: Place | None) -> None:
        here = f"openapi.yaml, {_shown(shown)}"
        members = [each for keyword in _UNIONS for each in schema.get(keyword, [])]
        discriminator = schema.get("discriminator")
        if discriminator is not None:
            self._check_discriminator(discriminator, members, here)
        flat = [each for member in members for each in self._flat(member)]
        lists = [resolved(each, self.before).get("items") for each in flat]
        items: list[Any] = [each for each in lists if isinstance(each, dict)]
        pairs: list[tuple[Any, Any]] = [*combinations(flat, 2), *combinations(items, 2)]
        for one, other in pairs:
            if one == other or not (self._is_object(one) and self._is_object(other)):
                continue
            if self._are_alike(self._seen(one), self._seen(other)):
                raise SpecError(
                    f"{here}: {_name(one)} and {_name(other)} cannot be told apart; give each a "
                    "required field with a `const` of its own."
                )

    def _place_members(self, schema: Document, place: Place | None, shown: Place | None) -> None:
        """Write the place of each member of a union that says more than what it is parsed to.

        The templates ask the validator by it. It is written as the example, since the generator
        keeps nothing else of a schema that is no object.
        """
        members: list[tuple[Place | None, Document]] = [
            (_step(place, keyword, str(number)), each)
            for keyword in _UNIONS
            for number, each in enumerate(schema.get(keyword, []))
            if isinstance(each, dict)
        ]
        for home, member in members:
            others = [each for _, each in members if each is not member]
            if any(self._types(member) & self._types(each) for each in others):
                self._check_member(member, shown)
            while isinstance(member, dict) and "$ref" in member:
                home = ("components", "schemas", _name(member))
                member = self.document["components"]["schemas"][home[-1]]
            if home and self._parsed_to(member) and self._says_more(member):
                member["example"] = f"urn:openapi#{_pointer(home)}"
        flat = [each for _, member in members for each in self._flat(member)]
        parsed = [(self._parsed_to(each), each) for each in flat]
        for (kind, one), (same, other) in combinations(parsed, 2):
            has_class = self._is_object(one) or "enum" in resolved(one, self.before)
            if kind is None or kind != same or has_class:
                continue
            rivals = [each for its, each in parsed if its != kind]
            is_unclear = any(self._types(one) & self._types(each) for each in rivals)
            if is_unclear and (self._says_more(one) or self._says_more(other)):
                raise SpecError(
                    f"openapi.yaml, {_shown(shown)}: two members of the union are parsed to "
                    f"{kind} and differ in other keywords; write them as one member."
                )

    def _check_member(self, member: Document, shown: Place | None) -> None:
        """Refuse keywords beside a reference or a union, which the generator does not see."""
        while self._parsed_to(member) and not self._is_object(member):
            joined = [part for part in member.get("allOf", []) if "$ref" in part]
            is_joined = joined or "$ref" in member or any(key in member for key in _UNIONS)
            usual = {"$ref", "allOf", *_UNIONS, "type", "discriminator", *_NOTES}
            added = [key for key in member if key not in usual and not key.startswith("x-")]
            if is_joined and (added or len(member.get("allOf", [])) > 1):
                raise SpecError(
                    f"openapi.yaml, {_shown(shown)}: a member of the union has keywords beside a "
                    "reference or a union, which does not tell it from the other members; write "
                    "them into the schema that is referred to."
                )
            if "$ref" not in member:
                return
            member = self.before["components"]["schemas"][_name(member)]

    def _types(self, schema: Any, seen: frozenset[int] = frozenset()) -> set[str]:
        """Return the types of JSON that a schema may accept."""
        schema = resolved(schema, self.before)
        found = {"string", "number", "boolean", "array", "object", "null"}
        if id(schema) in seen:
            return found
        seen |= {id(schema)}
        if "type" in schema:
            kinds: list[str] = (
                schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
            )
            found &= {"number" if each == "integer" else each for each in kinds}
        for part in schema.get("allOf", []):
            found &= self._types(part, seen)
        for keyword in _UNIONS:
            if schema.get(keyword):
                found &= set[str]().union(*(self._types(each, seen) for each in schema[keyword]))
        return found

    def _parsed_to(self, schema: Any, seen: frozenset[int] = frozenset()) -> str | None:
        """Return what the JSON that is valid by a schema is parsed to; None when it stays JSON."""
        whole = resolved(schema, self.before)
        if id(whole) in seen or "const" in whole:
            return None
        seen |= {id(whole)}
        if self._is_object(whole):
            return _name(schema)
        if "enum" in whole:
            return f"one of {whole['enum']}"
        if _has_type(whole, "array") and "prefixItems" not in whole:
            inner = self._parsed_to(whole.get("items", {}), seen)
            return inner and f"a list of {inner}"
        if _has_type(whole, "string") and whole.get("format") in _PARSED_FORMATS:
            return f"a {whole['format']}"
        parts: list[Any] = [each for key in ("allOf", *_UNIONS) for each in whole.get(key, [])]
        return " or ".join(filter(None, (self._parsed_to(each, seen) for each in parts))) or None

    def _says_more(self, schema: Any, seen: frozenset[int] = frozenset()) -> bool:
        """Return whether a schema that is no object has more than type and format or values."""
        schema = resolved(schema, self.before)
        if self._is_object(schema) or id(schema) in seen:
            return False
        usual = {"type", "format", "enum", "items", *_UNIONS, "discriminator", *_NOTES}
        others = [key for key in schema if key not in usual and not key.startswith("x-")]
        is_in_items = "items" in schema and self._says_more(schema["items"], seen | {id(schema)})
        return bool(others) or is_in_items or {"enum", "format"} <= schema.keys()

    def _check_discriminator(self, discriminator: Document, members: list[Any], here: str) -> None:
        name = discriminator["propertyName"]
        if not members:
            raise SpecError(
                f"{here}: the discriminator {name!r} stands beside no oneOf; write a schema that "
                "is oneOf its kinds, each with a `const` of its own there, and refer to it."
            )
        mapping: dict[str, list[str]] = {}
        for value, target in discriminator.get("mapping", {}).items():
            mapping.setdefault(str(target).rpartition("/")[2], []).append(value)
        seen: dict[str, str] = {}
        for member in (each for one in members for each in self._flat(one)):
            if not self._is_object(member):
                continue
            consts = self._facts(member)["x-consts"].get(name)
            wanted = mapping.get(_name(member))
            if consts is None or (wanted is not None and set(consts) != set(wanted)):
                value = " or ".join(wanted or ["a value of its own"])
                raise SpecError(
                    f"{here}: {_name(member)} does not carry the discriminator {name!r} as a "
                    f"const; write `const: {value}` for that field of it, under `required`, too."
                )
            for value in consts:
                if seen.setdefault(value, _name(member)) != _name(member):
                    raise SpecError(
                        f"{here}: {seen[value]} and {_name(member)} both have {value!r} for the "
                        f"discriminator {name!r}; give each a `const` of its own."
                    )

    def _flat(self, member: Any, seen: frozenset[int] = frozenset()) -> Iterator[Any]:
        """Return the members of a union, with those of unions in it."""
        schema = resolved(member, self.before)
        inner = [each for keyword in _UNIONS for each in schema.get(keyword, [])]
        if id(schema) in seen:
            return
        if not inner:
            yield member
        for each in inner:
            yield from self._flat(each, seen | {id(schema)})

    def _are_alike(self, one: Document, other: Document) -> bool:
        """Return whether no difference is found between what two object schemas accept."""
        if set(one["required"]) != set(other["required"]) or one["rest"] != other["rest"]:
            return False
        shared = set(one["properties"]) & set(other["properties"])
        closed = one["rest"].get("additionalProperties", True) is not True
        if closed and set(one["properties"]) != set(other["properties"]):
            return False
        return all(one["properties"][name] == other["properties"][name] for name in shared)

    def _name_objects(self, name: str) -> None:
        """Turn the objects within a component that is no object itself into components.

        The generator reads such objects before it knows all components, and those within them
        twice. What refers to itself without an object between becomes JSON, since only objects
        have classes.
        """
        schemas = self.document["components"]["schemas"]

        def visit(node: Any, path: frozenset[str], here: str) -> Any:
            if "$ref" in node:
                target = str(node["$ref"]).rpartition("/")[2]
                if target in path:
                    return {}
                if target in schemas and not self._is_object(schemas[target]):
                    visit(schemas[target], path | {target}, target)
                return node
            is_one_of_several = _has_type(node, "object") and node["type"] != "object"
            if is_one_of_several and "enum" not in node:
                others = [each for each in node.pop("type") if each != "object"]
                whole = {**node, "type": "object"}
                for key in ("properties", "required", "additionalProperties", "allOf", *_UNIONS):
                    node.pop(key, None)
                rest = {k: node.pop(k) for k in ("items", "format", "example") if k in node}
                node["anyOf"] = [whole, *({"type": each, **rest} for each in others)]
            elif self._is_object(node) and not any(keyword in node for keyword in _UNIONS):
                own = str(node.get("title", here))
                while own in schemas:
                    own += "_"
                schemas[own] = node
                return {"$ref": f"#/components/schemas/{own}"}
            members = [*node.get("anyOf", []), *node.get("oneOf", [])]
            for number, member in enumerate(members):
                title = member.get("title", f"type_{number}")
                members[number] = visit(member, path, f"{here}_{title}")
            for keyword in _UNIONS:
                count = len(node.get(keyword, []))
                if count:
                    node[keyword], members = members[:count], members[count:]
            for number, part in enumerate(node.get("allOf", [])):
                if "$ref" in part:
                    node["allOf"][number] = visit(part, path, here)
            if isinstance(node.get("items"), dict):
                node["items"] = visit(node["items"], path, f"{here}_item")
            return node

        if not self._is_object(schemas[name]) or isinstance(schemas[name].get("type"), list):
            visit(schemas[name], frozenset({name}), name)


def _operations(document: Document) -> Iterator[tuple[str, str, Document]]:
    for path, item in document.get("paths", {}).items():
        for method, operation in item.items():
            if method in METHODS:
                yield path, method, operation


def _describe(parameter: Document) -> None:
    """Copy the description of a parameter to its schema, where the generator reads it."""
    if parameter.get("schema") is True:
        parameter["schema"] = {}
    schema: Any = parameter.get("schema", {})
    if schema is not False and "$ref" not in schema:
        text = str(parameter.get("description", schema.get("description", "")))
        schema["description"] = _marked(" ".join(text.split()), parameter)
        if parameter["in"] == "header" and isinstance(schema.get("const"), str):
            schema["type"] = "string"  # for a header the generator has no constants
            del schema["const"]


def _marked(text: str, described: Document) -> str:
    is_marked = not described.get("deprecated") or text.startswith("Deprecated.")
    return text if is_marked else f"Deprecated. {text}".strip()


def _kind_of(media: str) -> str:
    media = media.partition(";")[0].strip().lower()
    return "json" if media == "application/json" or media.endswith("+json") else media


def _are_names(value: object) -> TypeGuard[list[str]]:
    """Return whether it is a list of texts that the generator makes names in Python of."""
    return isinstance(value, list) and all(
        isinstance(each, str) and snake_case(each).upper().isidentifier()
        for each in cast(list[object], value)
    )


def _type_name(value: object) -> str:
    return type(value).__name__


def _has_type(schema: Document, kind: str) -> bool:
    kinds = schema.get("type")
    return kind in kinds if isinstance(kinds, list) else kinds == kind


def _are_merged(one: Any, other: Any) -> bool:
    """Return whether the generator merges two schemas of a field into one."""
    both: list[Document] = [each for each in (one, other) if isinstance(each, dict)]
    kinds = {str(each["type"]).replace("integer", "number") for each in both if "type" in each}
    return one == other or (len(kinds) < 2 and not any("const" in each for each in both))


def _step(place: Place | None, *steps: str) -> Place | None:
    return None if place is None else (*place, *steps)


def _pointer(place: Place) -> str:
    return "".join(f"/{quote(step.replace('~', '~0').replace('/', '~1'))}" for step in place)


def _shown(place: Place | None) -> str:
    return shown(place or ())


def _name(member: Any) -> str:
    if "$ref" in member:
        return str(member["$ref"]).rpartition("/")[2]
    return str(member.get("title", "an object without a name"))
