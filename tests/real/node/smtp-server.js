// smtp-server.js PORT: a server as smtp-server's own documentation makes one; what it takes goes to /real/keep.
const { spawn } = require('child_process');
const { SMTPServer } = require('smtp-server');

const LINES = 'sed "s/\\r$//" | /real/keep "$@"'; // they end in CRLF here

new SMTPServer({
	authOptional: true,
	disabledCommands: ['STARTTLS', 'AUTH'],
	onRcptTo(address, session, done) {
		if (address.address.startsWith('bad')) {
			const error = new Error('no such user');
			error.responseCode = 550;
			return done(error);
		}
		done();
	},
	onData(stream, session, done) {
		const { mailFrom, rcptTo } = session.envelope;
		const keep = spawn('/bin/sh', ['-c', LINES, 'sh', (mailFrom && mailFrom.address) || '', rcptTo[0].address]);
		keep.on('close', code => done(code ? new Error('not kept') : null));
		stream.pipe(keep.stdin);
	},
}).listen(process.argv[2], '127.0.0.1');
