// Uploads a file by tus-js-client: upload.cjs ENDPOINT FILE KEY STORE [STOP_AFTER]
// STORE is where it remembers unfinished uploads; after STOP_AFTER bytes it ends at once, as a
// closed tab does. Prints {"version", "from"}: what came out, and the byte at which it began.
const fs = require("node:fs");
const tus = require("tus-js-client");

const [endpoint, file, key, store, stopAfter] = process.argv.slice(2);
const said = { version: null, from: null };

const upload = new tus.Upload(fs.createReadStream(file), {
  endpoint,
  headers: { Authorization: `Bearer ${process.env.LAB_API_TOKEN}` },
  metadata: { kind: "dataset", key, filetype: "text/x-news" },
  chunkSize: 512 * 1024,
  retryDelays: [200, 400, 800, 1600, 3200],
  urlStorage: new tus.FileUrlStorage(store),
  onAfterResponse(_, response) {
    said.version = response.getHeader("X-Lab-Version") ?? said.version;
  },
  onChunkComplete(_, accepted) {
    if (stopAfter && accepted >= Number(stopAfter)) process.exit(3);
  },
  onProgress(sent) {
    said.from ??= sent;
  },
  onSuccess() {
    console.log(JSON.stringify(said));
  },
  onError(error) {
    console.error(String(error));
    process.exit(1);
  },
});

upload.findPreviousUploads().then((found) => {
  if (found.length > 0) upload.resumeFromPreviousUpload(found[0]);
  upload.start();
});
