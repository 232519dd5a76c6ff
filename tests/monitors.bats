# qv-status as real monitors and a real browser take it: promtool, Nagios, busybox httpd, Chromium.

load helper
load mail

EVIL='</td></table><script>document.title="owned"</script><img src=x onerror=alert(1)>" onload="alert(1) <!--'

setup() {
	fresh_root
	dialup some.example.com 1
	PID=''
}

teardown() {
	end_child "$PID"
}

# busy DIR...: a customer with a history, mail that waits, and words of its server that would like to be more
busy() {
	local dir hour now=$((EPOCHSECONDS / 3600))
	for dir; do
		printf 'time %s\nresult %s\nmode grouped\nlimit lock-step\nreason %s\nwants %s\nwanted 7\ndelivered_total 70\n' \
			$((EPOCHSECONDS - 70)) "$EVIL" "$EVIL" "$EVIL" >"$dir/.qv-status"
		for hour in $(seq 24); do echo "hour $((now - hour)) $hour 1 0 100"; done >>"$dir/.qv-status"
	done
}

@test "promtool finds nothing to say about the metrics, of a host never tried and of one with everything" {
	exits 0 promtool check metrics < <(qv-status --prometheus)
	[ -z "$output" ]
	leave some.example.com x
	busy "$DIR"
	printf 'braked 7\nsucceeded 9\n' >>"$DIR/.qv-status"
	cp -r "$DIR" "$ROOT/home/serialmail/"$'a"b\\c\nd\xff'
	qv-master -e 3600 2>/dev/null 3>&- &
	PID=$!
	until qv-status --prometheus | grep -q '^qvmail_master_heartbeat'; do sleep 0.1; kill -0 $PID; done
	qv-status --textfile "$BATS_TEST_TMPDIR/q.prom"
	exits 0 promtool check metrics <"$BATS_TEST_TMPDIR/q.prom"
	[ -z "$output" ]
}

# nagios_says KEY: of the service, as Nagios has written it down
nagios_says() {
	sed -n "/^servicestatus/,/}/s/^[[:space:]]*$1=//p" "${SEEN:-$N/status.dat}"
}

# nagios OPTIONS: Nagios runs the plugin once
nagios() {
	N=$BATS_TEST_TMPDIR/nagios SEEN=''
	rm -rf "$N"
	mkdir -p "$N/results"
	cat >"$N/objects.cfg" <<-END
		define command {
			command_name status
			command_line QVMAIL_ROOT=$ROOT $BIN/qv-status --nagios $*
		}
		define timeperiod {
			timeperiod_name always
			alias always
			$(printf '%s 00:00-24:00\n' sunday monday tuesday wednesday thursday friday saturday)
		}
		define contact {
			contact_name nobody
			host_notifications_enabled 0
			service_notifications_enabled 0
			host_notification_period always
			service_notification_period always
			host_notification_commands status
			service_notification_commands status
		}
		define host {
			host_name gateway
			address 127.0.0.1
			max_check_attempts 1
			check_period always
			contacts nobody
		}
		define service {
			host_name gateway
			service_description mail
			check_command status
			max_check_attempts 1
			check_interval 1
			retry_interval 1
			check_period always
			contacts nobody
		}
	END
	cat >"$N/nagios.cfg" <<-END
		cfg_file=$N/objects.cfg
		log_file=$N/log
		status_file=$N/status.dat
		object_cache_file=$N/cache
		precached_object_file=$N/precache
		lock_file=$N/lock
		temp_file=$N/temp
		temp_path=$N
		check_result_path=$N/results
		query_socket=$N/socket
		command_file=$N/command
		state_retention_file=$N/retention
		retain_state_information=0
		status_update_interval=1
		service_inter_check_delay_method=n
		use_syslog=0
		illegal_macro_output_chars=\`~$&|'"<>
	END
	chown -R nagios: "$N"
	chmod o+x "$BATS_TEST_TMPDIR"
	nagios4 "$N/nagios.cfg" >"$N/out" 2>&1 3>&- &
	PID=$!
	for _ in $(seq 300); do
		[ "$(nagios_says has_been_checked 2>/dev/null)" != 1 ] || break
		sleep 0.1
	done
	SEEN=$N/seen
	cp "$N/status.dat" "$SEEN" # it takes that away with it
	kill "$PID" 2>/dev/null || true
	wait "$PID" || true
	PID=''
	[ "$(nagios_says has_been_checked)" = 1 ] || { cat "$N/out" "$N/log" | tail -20; return 1; }
}

@test "Nagios runs it as a plugin: state, text and numbers" {
	[ "$(id -u)" = 0 ] || skip "Nagios is started by root"
	chmod -R o+rX "$ROOT"
	nagios
	[ "$(nagios_says current_state) $(nagios_says plugin_output)" = "0 QVMAIL OK - 0 messages wait for 1 host" ]
	leave some.example.com x
	busy "$DIR"
	nagios -w 1d,5
	[ "$(nagios_says current_state)" = 1 ]
	[[ "$(nagios_says plugin_output)" == "QVMAIL WARNING - some.example.com: 1 message waits, oldest "* ]]
	[[ "$(nagios_says performance_data)" == "oldest="*"s;86400;86400;0 most=1;5;;0 waiting=1;;;0 bytes="*" delivered=70c deferred=0c bounced=0c" ]]
	nagios -c 5
	[ "$(nagios_says current_state)" = 2 ]
	nagios -c nonsense
	[ "$(nagios_says current_state)" = 3 ]
	[[ "$(nagios_says plugin_output)" == "QVMAIL UNKNOWN - "* ]]
}

# httpd: busybox serves the page, to joe alone, on $PORT
httpd() {
	W=$BATS_TEST_TMPDIR/www
	mkdir -p "$W/cgi-bin"
	printf '#!/bin/sh\nexec "%s/qv-status" -R "%s" --cgi\n' "$BIN" "$ROOT" >"$W/cgi-bin/mail"
	chmod 755 "$W/cgi-bin/mail"
	echo '/cgi-bin:joe:geheim' >"$W/httpd.conf"
	chmod -R o+rX "$W"
	PORT=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
	busybox httpd -f -p "127.0.0.1:$PORT" -h "$W" -c "$W/httpd.conf" ${1:+-u "$1"} 3>&- &
	PID=$!
	for _ in $(seq 200); do
		[ "$(ss -Htln "sport = :$PORT" | wc -l)" = 0 ] || return 0
		sleep 0.05
	done
	return 1
}

# ask METHOD [USER:PASSWORD]: the code, then head and body
ask() {
	/usr/bin/python3 - "$PORT" "$@" <<-'END'
		import base64, http.client, sys
		port, method, *login = sys.argv[1:]
		c = http.client.HTTPConnection("127.0.0.1", int(port), timeout=30)
		head = {"Authorization": "Basic " + base64.b64encode(login[0].encode()).decode()} if login else {}
		c.request(method, "/cgi-bin/mail?--textfile+/owned", headers=head)
		r = c.getresponse()
		print(r.status)
		for key, value in r.getheaders():
		    print("%s: %s" % (key.lower(), value))
		print(r.read().decode())
	END
}

@test "busybox httpd serves the page as popusr, to who logs in, and nothing is changed" {
	leave some.example.com x
	busy "$DIR"
	[ "$(id -u)" != 0 ] || user=$POPUID:$POPGID
	httpd "${user-}"
	before=$(tree)
	[ "$(ask GET | head -n 1)" = 401 ]
	[ "$(ask GET joe:wrong | head -n 1)" = 401 ]
	ask GET joe:geheim >"$BATS_TEST_TMPDIR/answer"
	[ "$(head -n 1 "$BATS_TEST_TMPDIR/answer")" = 200 ]
	grep -qx 'content-type: text/html; charset=utf-8' "$BATS_TEST_TMPDIR/answer"
	grep -q "^content-security-policy: default-src 'none'" "$BATS_TEST_TMPDIR/answer"
	grep -q '>some.example.com<' "$BATS_TEST_TMPDIR/answer"
	[ "$(ask POST joe:geheim | head -n 1)" = 405 ]
	diff <(echo "$before") <(tree)
	[ ! -e /owned ]
}

# browse FILE OPTIONS...: the page's DOM as Chromium has it, in $BATS_TEST_TMPDIR/dom; what its console said, in console
browse() {
	local file=$1
	shift
	timeout 120 chromium --headless --no-sandbox --disable-gpu --disable-dev-shm-usage --hide-scrollbars --enable-logging=stderr \
		--user-data-dir="$BATS_TEST_TMPDIR/profile" "$@" "file://$file" >"$BATS_TEST_TMPDIR/dom" 2>"$BATS_TEST_TMPDIR/log" 3>&-
	grep CONSOLE "$BATS_TEST_TMPDIR/log" >"$BATS_TEST_TMPDIR/console" || true
}

@test "Chromium shows the page without a complaint, and names and replies make nothing in it" {
	leave some.example.com x
	busy "$DIR"
	for name in '"><img src=x onerror=alert(1)>' '<!--' $'<script>document.title="owned"<\n\xff' "' onclick='alert(1)"; do
		cp -r "$DIR" "$ROOT/home/serialmail/$name"
	done
	page=$BATS_TEST_TMPDIR/page.html
	qv-status --html >"$page"
	browse "$page" --dump-dom
	[ ! -s "$BATS_TEST_TMPDIR/console" ] || { cat "$BATS_TEST_TMPDIR/console"; return 1; }
	grep -qF '<title>Dial-up mail: 5 of 5 need attention</title>' "$BATS_TEST_TMPDIR/dom"
	[ "$(grep -o '<th scope="row">[^0-9]' "$BATS_TEST_TMPDIR/dom" | wc -l)" = 5 ]
	run ! grep -qE '<(script|img|iframe|object|form)|<[^>]* on[a-z]+=' "$BATS_TEST_TMPDIR/dom"
	# would it be seen?
	sed 's,<h1>,<img src=x onerror=alert(1)>&,' "$page" >"$BATS_TEST_TMPDIR/other.html"
	browse "$BATS_TEST_TMPDIR/other.html" --dump-dom
	[ -s "$BATS_TEST_TMPDIR/console" ]
	grep -qE '<(script|img|iframe|object|form)|<[^>]* on[a-z]+=' "$BATS_TEST_TMPDIR/dom"
}

# pixel: of a PNG screenshot, red, green and blue at the left upper corner, and its size
pixel() {
	/usr/bin/python3 - "$1" <<-'END'
		import struct, sys, zlib
		data, at, body = open(sys.argv[1], "rb").read(), 8, b""
		while at < len(data):
		    n, kind = struct.unpack(">I4s", data[at:at + 8])
		    if kind == b"IHDR":
		        size = struct.unpack(">II", data[at + 8:at + 16])
		    if kind == b"IDAT":
		        body += data[at + 8:at + 8 + n]
		    at += n + 12
		print(*zlib.decompress(body)[1:4], *size)
	END
}

@test "Chromium shows it wide, narrow, light and dark" {
	busy "$DIR"
	page=$BATS_TEST_TMPDIR/page.html
	qv-status --html >"$page"
	shot=$BATS_TEST_TMPDIR/shot.png
	browse "$page" --window-size=1300,900 --screenshot="$shot"
	[ "$(pixel "$shot")" = "255 255 255 1300 900" ]
	browse "$page" --window-size=380,900 --blink-settings=preferredColorScheme=0 --screenshot="$shot"
	[ "$(pixel "$shot")" = "22 22 22 380 900" ]
}

@test "Chromium takes a hundred hosts, and ten thousand" {
	busy "$DIR"
	page=$BATS_TEST_TMPDIR/page.html
	for n in 100 10000; do
		/usr/bin/python3 - "$DIR" "$n" <<-'END'
			import os, shutil, sys
			for i in range(int(sys.argv[2]) - 1):
			    to = "%s/host%05d.example.com" % (os.path.dirname(sys.argv[1]), i)
			    os.makedirs(to + "/Maildir/new", exist_ok=True)
			    for name in "RELAYHOST", ".qv-status":
			        shutil.copy(sys.argv[1] + "/" + name, to)
		END
		qv-status --html >"$page"
		browse "$page" --dump-dom
		[ ! -s "$BATS_TEST_TMPDIR/console" ]
		[ "$(grep -o '<th scope="row">[a-z]' "$BATS_TEST_TMPDIR/dom" | wc -l)" = "$n" ]
	done
}
