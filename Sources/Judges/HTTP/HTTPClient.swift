internal import CCurl
internal import Foundation
internal import Synchronization

/// Posts JSON, many requests at a time, on a thread of its own.
@safe
package final class HTTPClient: @unchecked Sendable {
    /// A request on its way.
    @safe
    private final class Transfer {
        let request: HTTPRequest
        let timeout: Int64
        let done: @Sendable (Result<HTTPResponse, TryFailure>) -> Void
        var body: [UInt8] = []
        var isTooLong = false
        var retryAfter: Int64?
        var headers: UnsafeMutablePointer<curl_slist>?

        init(
            _ request: HTTPRequest,
            timeout: Int64,
            _ done: @escaping @Sendable (Result<HTTPResponse, TryFailure>) -> Void
        ) {
            self.request = request
            self.timeout = timeout
            self.done = done
            unsafe headers = nil
        }
    }

    private struct State {
        var new: [Transfer] = []
        var isClosed = false
        var isOver = false
    }

    private static let longestBody = 4 << 20
    private static let isPrepared = ccurl_prepare() == CURLE_OK

    private let multi: OpaquePointer?
    private let lock = NSLock()
    private var state = State()

    /// Makes its thread.
    package init() {
        unsafe multi = Self.isPrepared ? OpaquePointer(curl_multi_init()) : nil
        thread("judge-http") { [self] in live() }
    }

    /// Posts, and calls back once.
    package func post(
        _ request: HTTPRequest,
        timeout: Int64,
        _ done: @escaping @Sendable (Result<HTTPResponse, TryFailure>) -> Void
    ) {
        let isOpen = lock.withLock {
            guard !state.isClosed, unsafe multiHandle != nil else { return false }
            state.new.append(Transfer(request, timeout: timeout, done))
            unsafe _ = curl_multi_wakeup(multiHandle)
            return true
        }
        if !isOpen { done(.failure(TryFailure(.connection, "the client is closed"))) }
    }

    /// Ends the thread; whatever is under way fails.
    package func close() {
        lock.withLock {
            state.isClosed = true
            guard !state.isOver else { return }
            unsafe _ = curl_multi_wakeup(multiHandle)
        }
    }

    private var multiHandle: UnsafeMutableRawPointer? { unsafe multi.map { unsafe UnsafeMutableRawPointer($0) } }

    private func live() {
        guard unsafe multiHandle != nil else { return }
        var open: [UnsafeMutableRawPointer: Transfer] = unsafe [:]
        while true {
            let (new, isClosed) = lock.withLock {
                defer { state.new = [] }
                return (state.new, state.isClosed)
            }
            guard !isClosed else {
                for transfer in new { transfer.done(.failure(TryFailure(.connection, "the client was closed"))) }
                break
            }
            for transfer in new {
                guard let handle = unsafe begin(transfer) else {
                    transfer.done(.failure(TryFailure(.connection, "no request can be made")))
                    continue
                }
                unsafe open[handle] = transfer
            }
            var running: Int32 = 0
            unsafe _ = curl_multi_perform(multiHandle, &running)
            var result = CURLE_OK
            while let handle = unsafe ccurl_next_done(multiHandle, &result) {
                guard let transfer = unsafe open.removeValue(forKey: handle) else { continue }
                let outcome = unsafe outcome(of: transfer, handle, result)
                unsafe end(handle, transfer)
                transfer.done(outcome)
            }
            unsafe _ = curl_multi_poll(multiHandle, nil, 0, 1000, nil)
        }
        for unsafe(handle, transfer) in unsafe open {
            unsafe end(handle, transfer)
            transfer.done(.failure(TryFailure(.connection, "the client was closed")))
        }
        lock.withLock {
            state.isOver = true
            unsafe _ = curl_multi_cleanup(multiHandle)
        }
    }

    private func begin(_ transfer: Transfer) -> UnsafeMutableRawPointer? {
        guard let handle = unsafe curl_easy_init() else { return nil }
        let request = transfer.request
        for (name, value) in request.headers {
            unsafe transfer.headers = curl_slist_append(transfer.headers, "\(name): \(value)")
        }
        // curl would wait for a 100 first
        unsafe transfer.headers = curl_slist_append(transfer.headers, "Expect:")
        unsafe _ = ccurl_set_rules(handle)
        unsafe _ = ccurl_set_text(handle, CURLOPT_URL, request.url)
        unsafe _ = ccurl_set_text(handle, CURLOPT_USERAGENT, "dash-reinforce")
        unsafe _ = ccurl_set_text(handle, CURLOPT_ACCEPT_ENCODING, "")
        unsafe _ = ccurl_set_headers(handle, transfer.headers)
        unsafe _ = ccurl_set_number(handle, CURLOPT_TIMEOUT_MS, Int(clamping: transfer.timeout))
        unsafe _ = ccurl_set_number(handle, CURLOPT_CONNECTTIMEOUT_MS, Int(clamping: min(10_000, transfer.timeout)))
        unsafe request.body.withUnsafeBytes { unsafe _ = ccurl_set_body(handle, $0.baseAddress, $0.count) }
        // the table of transfers holds it for as long as the handle lives
        let context = unsafe Unmanaged.passUnretained(transfer).toOpaque()
        unsafe _ = ccurl_set_receivers(handle, Self.takeBody, Self.takeHeader, context)
        guard unsafe curl_multi_add_handle(multiHandle, handle) == CURLM_OK else {
            unsafe curl_slist_free_all(transfer.headers)
            unsafe curl_easy_cleanup(handle)
            return nil
        }
        return unsafe handle
    }

    private func end(_ handle: UnsafeMutableRawPointer, _ transfer: Transfer) {
        unsafe _ = curl_multi_remove_handle(multiHandle, handle)
        unsafe curl_easy_cleanup(handle)
        unsafe curl_slist_free_all(transfer.headers)
        unsafe transfer.headers = nil
    }

    private func outcome(of transfer: Transfer, _ handle: UnsafeMutableRawPointer, _ result: CURLcode) -> Result<
        HTTPResponse, TryFailure
    > {
        guard !transfer.isTooLong else {
            return .failure(TryFailure(.garbage, "the answer is longer than \(Self.longestBody) bytes"))
        }
        switch result {
        case CURLE_OK:
            let status = unsafe ccurl_status(handle)
            return .success(HTTPResponse(status: status, body: transfer.body, retryAfter: transfer.retryAfter))
        case CURLE_OPERATION_TIMEDOUT: return .failure(TryFailure(.timeout, "no answer within \(transfer.timeout) ms"))
        default:
            let reason = unsafe String(cString: curl_easy_strerror(result))
            return .failure(TryFailure(.connection, "the service cannot be reached: \(reason)"))
        }
    }

    private static let takeBody: ccurl_receiver = { bytes, size, count, context in
        guard let bytes = unsafe bytes, let context = unsafe context else { return 0 }
        let transfer = unsafe Unmanaged<Transfer>.fromOpaque(context).takeUnretainedValue()
        guard transfer.body.count + size * count <= HTTPClient.longestBody else {
            transfer.isTooLong = true
            return 0
        }
        unsafe transfer.body.append(contentsOf: UnsafeRawBufferPointer(start: bytes, count: size * count))
        return size * count
    }

    private static let takeHeader: ccurl_receiver = { bytes, size, count, context in
        guard let bytes = unsafe bytes, let context = unsafe context else { return 0 }
        let transfer = unsafe Unmanaged<Transfer>.fromOpaque(context).takeUnretainedValue()
        let line = unsafe UnsafeRawBufferPointer(start: bytes, count: size * count)
        let text = unsafe String(decoding: line, as: UTF8.self)
        if let retryAfter = HTTPResponse.retryAfter(text) { transfer.retryAfter = retryAfter }
        return size * count
    }
}
