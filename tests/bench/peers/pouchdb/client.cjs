// A PouchDB on this side that keeps documents and replicates them, as its guide says:
//   node client.cjs FOLDER REMOTE_URL PREFIX COUNT      adds COUNT documents (0: none), then replicates to REMOTE_URL
const PouchDB = require('pouchdb');

const [folder, remote, prefix, count] = process.argv.slice(2);
const mine = new PouchDB(`${folder}/mine`);
const docs = Array.from({length: Number(count)}, (_, n) => ({_id: `${prefix}${n}`, text: `work ${n}`}));

mine.bulkDocs(docs)
  .then(() => mine.replicate.to(remote))
  .then((done) => console.log(JSON.stringify({ok: done.ok, written: done.docs_written})))
  .then(() => mine.close())
  .catch((fault) => {
    console.error(fault);
    process.exit(1);
  });
