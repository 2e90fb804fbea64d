import JSON

/// A place in a chat: a message of a call, or its completion.
struct ChatPlace: Sendable {
    var call: Int32
    /// Number among the call's own messages; −1: the completion.
    var message: Int32
}

/// The chats of the roles of a thread as they grow: unfolds prompts that refer to the call before.
struct ChatMemory {
    /// The last prompt of each role, with its completion.
    private var chats: [Text?: [ChatPlace]] = [:]

    /// What a prompt of that role may refer to.
    func before(_ role: Text?) -> [ChatPlace] { chats[role] ?? [] }

    /// The messages of a call's prompt, in order; nil where it has none. Calls come in order.
    mutating func unfold(_ index: Int, _ call: ModelCall) -> [ChatPlace]? {
        guard let prompt = call.prompt else { return nil }
        let before = chats[call.role] ?? []
        var places: [ChatPlace] = []
        for run in prompt {
            if run.isShared {
                // a reference beyond what there is refers to nothing
                places.append(contentsOf: before[run.range.clamped(to: before.indices)])
            } else {
                for message in run.range.clamped(to: call.messages.indices) {
                    places.append(ChatPlace(call: Int32(index), message: Int32(message)))
                }
            }
        }
        var chat = places
        if call.completion != nil { chat.append(ChatPlace(call: Int32(index), message: -1)) }
        chats[call.role] = chat
        return places
    }
}

extension [ModelCall] {
    /// The message at a place.
    subscript(place: ChatPlace) -> CallMessage {
        let call = self[Int(place.call)]
        return place.message < 0 ? call.completion ?? CallMessage() : call.messages[Int(place.message)]
    }
}
