// The version of the service, told in the head of every answer; a test holds it equal to package.json's.

// A constant, since a bundle with package.json in it would be larger by all that else stands there.
export const VERSION = '0.1.0'
