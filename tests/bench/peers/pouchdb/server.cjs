// express-pouchdb over PouchDB on LevelDB, as its page says:   node server.cjs FOLDER PORT
const express = require('express');
const PouchDB = require('pouchdb');
const pouchApp = require('express-pouchdb');

const [folder, port] = process.argv.slice(2);
const app = express();
app.use('/', pouchApp(PouchDB.defaults({prefix: `${folder}/`}), {
  mode: 'minimumForPouchDB', inMemoryConfig: true, logPath: `${folder}/log.txt`,
}));
app.listen(Number(port), '127.0.0.1');
