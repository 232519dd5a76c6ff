/* marks - files in a dial-up host's directory that qv-domain makes and qv-master, qv-flush, qv-status look for. */
#ifndef DIALUP_MARKS_H
#define DIALUP_MARKS_H

#define DOMAIN_PAUSED ".qv-paused"       /* nothing is sent */
#define DOMAIN_ON_DEMAND ".qv-on-demand" /* qv-master skips it: mail is sent on request */
#define DOMAIN_LIFETIME ".qv-lifetime"   /* contains seconds: how long its mail may wait */
#define DOMAIN_LOCK ".qv-lock"           /* on a network file system, what keeps two flushes apart: mail_lock.h */

#endif
