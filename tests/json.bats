# The listings as JSON: every kind of domain and of instruction, and the keys that the manual promises, whatever the files contain.
load helper

setup() {
	fresh_root
	D=$ROOT/home/popmail/e/ex1/DOMAINS/example.com
}

# judge FILE EXPRESSION: the document d, as python reads it; table(APPLET) are key, value type and meaning from the table
# in its manual page. A meaning may begin with the forms of domain that have it ("pop, dialup: ...", "the same: ...");
# the others have nothing there.
judge() {
	/usr/bin/python3 - "$1" "$2" "$REPO/applets" <<-'END'
		import json, sys
		text = open(sys.argv[1], "rb").read()
		assert text.endswith(b"\n") and text.count(b"\n") == 1, "not one line"
		d = json.loads(text.decode("utf-8"))

		def table(applet):
		    lines = open("%s/%s.8.txt" % (sys.argv[3], applet)).read().split("\n  KEY ", 1)[1].split("\n\n")[0].splitlines()
		    value, meaning, rows = lines[0].index("VALUE") + 6, lines[0].index("MEANING") + 6, []
		    for line in lines[1:]:
		        if line[2] != " ":
		            rows.append([line[:value].strip(), line[value:meaning].strip(), line[meaning:].strip()])
		        else:
		            rows[-1][2] += " " + line.strip()
		    return rows

		def schema(applet):
		    return {key: value for key, value, what in table(applet)}

		def forms(applet):
		    known = {"pop", "dialup", "alias", "relay", "backup", "local", "virtual"}
		    limits, last = {}, None
		    for key, value, what in table(applet):
		        words = set(what.split(":")[0].split(", "))
		        last = words if words <= known else last
		        if words <= known or words == {"the same"}:
		            limits[key] = last
		    return limits

		def fits(value, want):
		    kinds = {"string": str, "boolean": bool, "number": int, "null": type(None), "array of strings": list, "array of objects": list, "object": dict}
		    return type(value) in [kinds[w] for w in want.split(" or ")]

		def all_fit(objects, applet):
		    want = schema(applet)
		    assert len(want) > 4, want
		    for o in objects:
		        assert list(o) == list(want), (list(o), list(want))
		        for key in o:
		            assert fits(o[key], want[key]), (key, o[key], want[key])
		    return True

		def nothing_elsewhere(objects, applet):
		    limits = forms(applet)
		    assert len(limits) > 7, limits
		    for o in objects:
		        for key, having in limits.items():
		            assert o["form"] in having or o[key] in (None, False), (o["domain"], key, o[key])
		    return True

		def of(key):
		    return {o["domain"]: o[key] for o in d}

		value = eval(sys.argv[2])
		sys.exit(0 if value else "not so: %s\n%s" % (sys.argv[2], d))
	END
}

# one of each kind
everything() {
	qv-domain add pop example.com ex1
	qv-domain add pop alone.example ex1 --no-subdomains --id other
	qv-domain alias new.example example.com
	qv-domain alias more.example example.com
	qv-domain add relay relay.example mail.example:26
	qv-domain add backup backup.example
	qv-domain add dialup dialup.example ex2 --relayhost one.example --relayhost '[2001:db8::1]:26' --on-demand --lifetime 60
	qv-domain recipients dialup.example --add joe,ann
	qv-domain add dialup plain.example
	qv-domain pause dialup.example
	qv-domain alias same.example dialup.example
	printf 'listed.example\n.below.example\n' >"$C/morercpthosts"
	echo 'own.example:own' >>"$C/virtualdomains"
	echo 'only.example' >>"$C/locals"
}

@test "domain list -j, show -j: every kind, with all keys and the types that the manual promises" {
	everything
	qv-domain list -j >"$ROOT.json"
	judge "$ROOT.json" 'all_fit(d, "qv-domain")'
	judge "$ROOT.json" '{f: sorted(n for n, g in of("form").items() if f == g) for f in of("form").values()} == {
		"local": ["gateway.example.net", "localhost", "only.example"], "pop": ["alone.example", "example.com"],
		"alias": ["more.example", "new.example", "same.example"], "relay": ["relay.example"], "dialup": ["dialup.example", "plain.example"],
		"backup": ["backup.example", "below.example", "listed.example"], "virtual": ["own.example"]}'
	for domain in $(/usr/bin/python3 -c 'import json, sys; print(*[o["domain"] for o in json.load(sys.stdin)])' <"$ROOT.json"); do
		qv-domain show -j "$domain" >"$ROOT.one"
		judge "$ROOT.one" "all_fit([d], 'qv-domain') and [d] == [
			o for o in json.load(open('$ROOT.json')) if o['domain'] == '$domain']"
	done
}

@test "domain list -j: what each kind has" {
	everything
	qv-domain list -j >"$ROOT.json"
	judge "$ROOT.json" 'nothing_elsewhere(d, "qv-domain")'
	judge "$ROOT.json" '[n for n, s in of("subdomains").items() if s] == [
		"example.com", "new.example", "more.example", "relay.example", "backup.example", "below.example"]'
	judge "$ROOT.json" '[n for n, a in of("accepted").items() if not a] == ["below.example", "own.example", "only.example"]'
	judge "$ROOT.json" '{n: a for n, a in of("aliases").items() if a} == {
		"example.com": ["new.example", "more.example"], "dialup.example": ["same.example"]}'
	judge "$ROOT.json" 'of("alias_of")["new.example"] == "example.com" and of("id")["new.example"] == "example.com"'
	judge "$ROOT.json" 'of("id")["alone.example"] == "other" and of("id")["own.example"] == "own"'
	judge "$ROOT.json" 'of("handle")["own.example"] is None and of("home")["own.example"] is None'
	judge "$ROOT.json" 'of("handle")["plain.example"] == "popusr"'
	judge "$ROOT.json" "of('uid')['plain.example'] == $POPUID and of('gid')['new.example'] == $POPGID"
	judge "$ROOT.json" 'of("uid")["own.example"] is None and of("gid")["relay.example"] is None'
	judge "$ROOT.json" '{n: r for n, r in of("relay").items() if r} == {"relay.example": "mail.example:26"}'
	judge "$ROOT.json" 'of("relayhost")["dialup.example"] == "one.example [2001:db8::1]:26"'
	judge "$ROOT.json" 'of("paused")["dialup.example"] and of("on_demand")["dialup.example"]'
	judge "$ROOT.json" 'all(of(k)["same.example"] == of(k)["dialup.example"] for k in [
		"id", "handle", "home", "uid", "gid", "relayhost", "paused", "on_demand", "lifetime", "quota", "recipients"])'
	judge "$ROOT.json" 'of("recipients")["dialup.example"] == 2 and of("recipients")["plain.example"] is None'
	judge "$ROOT.json" 'of("lifetime")["dialup.example"] == 60 and of("lifetime")["plain.example"] is None'
}

@test "domain list: has the same domains as its JSON, and says who is paused or served on demand" {
	everything
	qv-domain list -j >"$ROOT.json"
	diff <(qv-domain list | awk '{ print $1, $2 }') <(/usr/bin/python3 -c 'import json, sys
for o in json.load(sys.stdin): print(o["domain"], o["form"])' <"$ROOT.json")
	[[ $(qv-domain list | grep ^dialup.example) = *"/home/serialmail/dialup.example  paused  on demand" ]]
	[[ $(qv-domain list | grep ^plain.example) = *"/home/serialmail/plain.example" ]]
}

@test "mailbox list -j: every kind of instruction, with all keys and the types that the manual promises" {
	qv-domain add pop example.com ex1
	qv-mailbox add joe@example.com >/dev/null
	qv-mailbox suspend joe@example.com
	qv-mailbox forward info@example.com joe@elsewhere.example
	printf '%s\n' '|prog' '/somewhere/Maildir/' './mbox' >"$D/.qmail-three"
	echo '# nothing' >"$D/.qmail-none"
	: >"$D/.qmail-empty"
	qv-mailbox list -j >"$ROOT.json"
	judge "$ROOT.json" 'all_fit(d, "qv-mailbox")'
	judge "$ROOT.json" 'sorted({o["type"] for o in d}) == ["box", "discard", "forward", "maildir", "mbox", "program", "qmail"]'
	judge "$ROOT.json" '[o["suspended"] for o in d if o["address"] == "joe@example.com"] == [True]'
	[ "$(id -u)" != 0 ] || judge "$ROOT.json" '[o["has_password"] for o in d if o["type"] == "forward"] == [None]'
}

@test "foreign bytes of every value, in files and their names, make valid JSON, and nothing of them reaches a terminal" {
	everything
	/usr/bin/python3 - "$ROOT" <<-'END'
		import os, sys
		root = os.fsencode(sys.argv[1])
		bytes_ = bytes(b for b in range(1, 256) if b not in b"\n/")
		control = root + b"/var/qmail/control/"
		word = bytes(b for b in bytes_ if b not in b" \t:#@." and b > 32)
		open(control + b"rcpthosts", "ab").write(word[:100] + b".example\n" + word[100:] + b".example\n\x1b[2J.example\n")
		open(control + b"virtualdomains", "ab").write(b"odd.example:" + word + b"\n")
		open(control + b"smtproutes", "ab").write(b"odd2.example:" + word + b"\n")
		open(root + b"/home/serialmail/dialup.example/RELAYHOST", "wb").write(bytes_ + b"\n")
		home = root + b"/home/popmail/e/ex1/DOMAINS/example.com/.qmail-"
		open(home + bytes_[:44], "wb").write(b"|" + bytes_ + b"\n&" + bytes_ + b"\n./" + bytes_ + b"\n")
		open(home + bytes_[150:], "wb").write(b"&x@example.com\n")
	END
	qv-domain list -j >"$ROOT.json"
	judge "$ROOT.json" 'all_fit(d, "qv-domain") and len(d) > 15'
	judge "$ROOT.json" 'of("relayhost")["dialup.example"] is not None'
	qv-mailbox list -j >"$ROOT.json"
	judge "$ROOT.json" 'all_fit(d, "qv-mailbox")'
	judge "$ROOT.json" '[o["value"] for o in d if o["address"].endswith("@example.com") and o["type"] == "program"][0].count("\\") == 1'
	qv-status -j >"$ROOT.json"
	judge "$ROOT.json" 'all_fit(d, "qv-status") and len(d) == 2'
	qv-check -j >"$ROOT.json" || true
	judge "$ROOT.json" 'all_fit(d, "qv-check") and len(d) > 1'
	for command in 'qv-domain list' 'qv-mailbox list' 'qv-status' 'qv-domain show dialup.example' 'qv-domain show odd2.example'; do
		run -1 env LC_ALL=C grep -a '[[:cntrl:]]' <($command)
	done
}
