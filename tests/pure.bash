# The files that work on memory they are given or own: no I/O, no clock. layers.bats sees that by what they call, and
# `make coverage` counts their lines that tests run.
# shellcheck disable=SC2034 # used by those
PURE_ENGINE=(smtp/{answer,body,final,mail,offers,path,reply,ring,say,smtp,states,verdict,window})
PURE_SCHEDULER=(lib/sched)
PURE_MEMORY=(
	lib/{buf,copy,diff,err,find,grow,guess,join,json,number,opt,places,printable,sorted,strmap,texts}
	qmail/{assign,bounce,cdbwalk,constmap,dotqmail,envelope,ip,lines,lines_index,lines_key,localparts,names,nss,passwd}
	qmail/{quota,rcpt,rewrite,sift,smtproutes}
	routing/{routing,serve,where} box/credentials dialup/relayhost master/{calls,turns} move/{vpopmail,vmailmgr,words} trigger/command
)
PURE_SECRETS=(box/{pwhash,logins_line} lib/{md5,cram,base64,same})
PURE_CALLERS=(dialup/caller lib/peer)
