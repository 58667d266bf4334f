/** Words of pictures and PDFs on the board. */
const pages = (count: number): string => `${count} ${count === 1 ? 'page' : 'pages'}`;

export const boardFiles = {
  add: 'Picture or PDF',
  drop: 'Drop it on the board',
  dropBody: 'Pictures, or a PDF whose pages become pages of the board',
  list: 'Files on their way to the board',
  picture: (name: string) => (name === '' ? 'Picture' : `Picture: ${name}`),
  pasted: 'Pasted picture',
  background: 'Put into the background',
  foreground: 'Take out of the background',
  pickBackground: 'Select the background',

  waiting: 'Waiting',
  preparing: 'Preparing',
  sending: (part: number) => `Sending, ${Math.round(part * 100)} %`,
  page: (number: number, count: number) => `Page ${number} of ${count}`,
  arrived: (name: string) => `${name} is on the board.`,
  cancel: (name: string) => `Cancel ${name}`,
  dismiss: (name: string) => `Remove ${name} from this list`,
  retry: 'Try again',
  notYet: (done: number, count: number) => `${pages(done)} of ${count} are on the board.`,

  pdf: 'Put a PDF on the board',
  pdfOpening: 'Opening the file',
  pdfBody: (name: string, count: number) =>
    `${name} has ${pages(count)}. Each becomes a page of the board that you can draw on.`,
  pdfPages: 'Pages',
  pdfHint: (room: number) => `For example 1-5, 8. The board has room for ${pages(room)}.`,
  pdfNonsense: (count: number) => `Write page numbers from 1 to ${count}, such as 1-5, 8.`,
  pdfTooMany: (room: number) => `The board has room for ${pages(room)} only.`,
  pdfStart: (count: number) => `Add ${pages(count)}`,
  pdfNot: 'Not now',

  /** By the code of what went wrong. */
  problems: {
    'file-too-large': 'It is too large: pictures may have 10 MB and 40 megapixels, PDFs 25 MB.',
    'file-type-refused': 'This kind of file cannot stand on the board. Pictures (PNG, JPEG, WebP, GIF) and PDF can.',
    'file-unreadable': 'The file is damaged or not complete.',
    'picture-unreadable': 'This browser cannot read the picture. Save it as PNG or JPEG and try again.',
    'pdf-locked': 'The PDF is locked with a password. Save a copy without one and try again.',
    'pdf-unreadable': 'The PDF is damaged, or has a page that cannot be drawn.',
    'pages-full': 'No further page can be added to this board.',
    'too-many-files': 'There is no room for more files in this lesson.',
    'too-many-uploads': 'Too many files at once. Wait until some have arrived.',
    'not-allowed': 'You may not draw on the board at the moment.',
    'lesson-ended': 'The lesson is over: nothing more can be added.',
    'lesson-cancelled': 'The lesson was cancelled: nothing more can be added.',
    'not-signed-in': 'You are not signed in any more. Reload the page and sign in.',
    'not-found': 'You have no place in this lesson any more.',
    unreachable: 'There is no connection. It is sent by itself when you are back.',
    'upload-too-slow': 'The connection is too slow for this file.',
    'upload-broken': 'The connection broke off.',
  } as Readonly<Record<string, string>>,
  problem: 'It could not be sent.',
  lost: (count: number) =>
    `${count === 1 ? 'A file was' : `${count} files were`} still on the way and did not reach the board.`,
  left: (count: number) =>
    `${count === 1 ? 'A picture' : `${count} pictures`} could not be loaded: the file has a box there. Save it again later.`,
};
