// The reference tus server on a free port of this computer, which it prints.
// Usage: node server.mjs FOLDER
import {FileStore} from '@tus/file-store'
import {Server} from '@tus/server'

const server = new Server({
  path: '/tusupload',
  relativeLocation: true,
  datastore: new FileStore({directory: process.argv[2]}),
})
const listener = server.listen({host: '127.0.0.1', port: 0}, () => {
  console.log(listener.address().port)
})
// Whoever started it is gone.
process.stdin.resume().on('end', () => process.exit())
