/// Every sample conversation of the tests; one line a file of samples.
enum Samples {
  static let all: [Sample] =
    []
    + field
    + industrial + controllers
    + link
    + web + remoteAccess + windows
    + engineering + instruments + port + plant
    + databases + mail + routing + remoteCalls2
    + tunnels + messaging
}
