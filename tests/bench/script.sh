#!/bin/sh
# script.sh ROOT DOMAIN HANDLE QMAIL-NEWU: what a provider's script does to add a domain: the same files as of qv-domain add pop,
# rewritten with text tools, each synced and renamed, and qmail-newu, a command in which ROOT is the tree. The peer of admin.sh.
set -eu
root=$1 domain=$2 handle=$3 newu=$4
control=$root/var/qmail/control
users=$root/var/qmail/users
customer=$root/home/popmail/$(printf %.1s "$handle")/$handle
home=$customer/DOMAINS/$domain

# put FILE: standard input becomes FILE
put() {
	cat >"$1.new"
	sync "$1.new"
	mv "$1.new" "$1"
	sync "$(dirname "$1")"
}

grep -qx "$domain" "$control/rcpthosts" && exit 0
mkdir -p "$customer/POP" "$home"
if [ ! -d "$customer/POP/$handle-0000" ]; then
	mkdir -p "$customer/POP/$handle-0000/new" "$customer/POP/$handle-0000/cur" "$customer/POP/$handle-0000/tmp"
	chown -R 510:51 "$customer/POP/$handle-0000"
fi
echo "/home/popmail/$(printf %.1s "$handle")/$handle/POP/$handle-0000/" | put "$home/.qmail-postmaster"
chown -R 510:51 "$home"
sync "$home"
{
	grep -v '^\.' "$users/assign" || :
	echo "+$domain-:$handle:510:51:${home#"$root"}:-::"
	echo .
} | put "$users/assign"
eval "$(echo "$newu" | sed "s|ROOT|$root|g")"
sync "$users"
{
	cat "$control/virtualdomains"
	printf '%s\n' "$domain:$domain" ".$domain:$domain"
} | put "$control/virtualdomains"
{
	cat "$control/rcpthosts"
	printf '%s\n' "$domain" ".$domain"
} | put "$control/rcpthosts"
