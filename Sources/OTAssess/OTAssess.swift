import OTCore
