/** The object store of the fake, whose writes tests make fail. */
export {IDBObjectStore as FDBObjectStore} from 'fake-indexeddb';
