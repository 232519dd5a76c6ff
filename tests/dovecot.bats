#!/usr/bin/env bats
# qv-auth below a real POP server: dovecot, as its checkpassword driver calls it. Debian's package is unpacked by `make deps`.

load helper

setup() {
	DOVECOT=$REPO/build/dovecot
	[ -e "$DOVECOT/unpacked" ] || skip "make deps brings dovecot"
	[ "$(id -u)" = 0 ] || skip "needs root: who is popusr already cannot become popusr"
	unshare -mnpf true 2>/dev/null || skip "needs namespaces of its own"
	fresh_root
	qv-domain add pop example.com ex1
	qv-mailbox add joe@example.com --password-fd 5 5<<<secret
	BOX=$ROOT/home/popmail/e/ex1/POP/ex1-0001
	printf 'Subject: hello\n\nto joe\n' >"$BOX/new/1"
	chown "$POPUID:$POPGID" "$BOX/new/1"
}

configuration() {
	cat <<-END
		base_dir = $BATS_TEST_TMPDIR/run
		log_path = /dev/stderr
		protocols = pop3
		ssl = no
		disable_plaintext_auth = no
		auth_failure_delay = 0
		default_internal_user = daemon
		default_internal_group = daemon
		default_login_user = nobody
		first_valid_uid = $POPUID
		first_valid_gid = $POPGID
		mail_location = maildir:~/
		service auth {
		  user = root
		  vsz_limit = 0
		}
		service anvil {
		  chroot =
		}
		service stats {
		  chroot =
		}
		service pop3-login {
		  chroot =
		  inet_listener pop3 {
		    address = 127.0.0.1
		    port = 110
		  }
		}
		userdb {
		  driver = prefetch
		}
		passdb {
		  driver = checkpassword
		  args = /usr/bin/env INSECURE_SETUID=1 $BIN/qv-auth --root $ROOT
		}
	END
}

# client USER PASSWORD...: what dovecot answers, and the mail
client() {
	cat <<-'END'
		import poplib, sys
		words = sys.argv[1:]
		while words:
		    pop = poplib.POP3("127.0.0.1", 110, timeout=20)
		    try:
		        pop.user(words.pop(0))
		        print(pop.pass_(words.pop(0)).decode(), *(line.decode() for line in pop.retr(1)[1]))
		    except poplib.error_proto as refused:
		        print(refused.args[0].decode())
		    pop.quit()
	END
}

# In namespaces of its own: there dovecot is in /usr, port 110 is free, and all processes end with the first.
serve_and_ask() {
	configuration | eval "${WITHOUT:-cat}" >"$BATS_TEST_TMPDIR/conf"
	client >"$BATS_TEST_TMPDIR/client.py"
	# shellcheck disable=SC2016 # for the inner shell
	timeout 60 unshare -mnpf --kill-child sh -euc '
		mount -t proc proc /proc
		mount -t overlay overlay -o "lowerdir=$1/usr:/usr" /usr
		ip link set lo up
		cd "$2"
		mkfifo log
		shift 2
		dovecot -F -c conf 2>log &
		exec 8<log
		while read -r line <&8; do case $line in *"starting up"*) break ;; esac; done
		cat <&8 >dovecot.log &
		python3 client.py "$@"
	' sh "$DOVECOT" "$BATS_TEST_TMPDIR" "$@" 3>&-
}

@test "dovecot: serves a box to whoever has its password, by the box's name and by its address" {
	run serve_and_ask joe@example.com secret ex1-0001 secret joe@example.com wrong nobody secret
	echo "$output"
	cat "$BATS_TEST_TMPDIR/dovecot.log"
	[ "$output" = "+OK Logged in. Subject: hello  to joe
+OK Logged in. Subject: hello  to joe
-ERR [AUTH] Authentication failed.
-ERR [AUTH] Authentication failed." ]
	[ "$(stat -c %u:%g "$BOX"/cur/*)" = "$POPUID:$POPGID" ]
	run ! grep secret "$BATS_TEST_TMPDIR/dovecot.log"
}

# What qv-auth(8) says is needed, is.
@test "dovecot: as it comes it lets nobody in: its auth service must be root's, and INSECURE_SETUID set" {
	sed -n '/^  service auth/,/^$/p' "$REPO/applets/qv-auth.8.txt" | sed 's/^ *//; s,/usr/sbin/qv-auth,,' >"$BATS_TEST_TMPDIR/told"
	grep -q mail_location "$BATS_TEST_TMPDIR/told"
	while read -r line; do
		configuration | grep -qF -- "$line" || { echo "not tried: $line"; return 1; }
	done <"$BATS_TEST_TMPDIR/told"
	WITHOUT='grep -v mail_location' run serve_and_ask joe@example.com secret
	[[ $output != *hello* ]]
	rm "$BATS_TEST_TMPDIR/log"
	WITHOUT="grep -v 'user = root'" run serve_and_ask joe@example.com secret
	[[ $output != *"+OK Logged in"* ]]
	grep -q 'unable to open .*/users/qv-passwd.cdb: Permission denied' "$BATS_TEST_TMPDIR/dovecot.log"
	rm "$BATS_TEST_TMPDIR/log"
	WITHOUT='sed s,/usr/bin/env.INSECURE_SETUID=1.,,' run serve_and_ask joe@example.com secret
	[[ $output != *"+OK Logged in"* ]]
	grep -q "The checkpassword couldn't be run securely" "$BATS_TEST_TMPDIR/dovecot.log"
}
