// A plugin for Haraka: recipients that begin with "bad" do not exist; the rest is taken, and kept by /real/keep.
const { spawn } = require('child_process');

exports.hook_rcpt = (next, connection, params) =>
	params[0].user.startsWith('bad') ? next(DENY, 'no such user') : next(OK);

exports.hook_queue = (next, connection) => {
	const { mail_from, rcpt_to, message_stream } = connection.transaction;
	const keep = spawn('/real/keep', [String(mail_from), String(rcpt_to[0])]);
	keep.on('close', code => (code ? next(DENYSOFT, 'not kept') : next(OK)));
	message_stream.pipe(keep.stdin, { line_endings: '\n' });
};
