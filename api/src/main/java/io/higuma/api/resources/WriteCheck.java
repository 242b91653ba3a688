package io.higuma.api.resources;

import io.higuma.api.http.ApiException;
import io.higuma.store.Change;
import java.util.List;

/// The last question before a write is committed: would proxies take what comes of it? Called on the request's virtual
/// thread; may block.
@FunctionalInterface
public interface WriteCheck {

    /// Asks nothing.
    WriteCheck NONE = (changes, wanted) -> {};

    /// @param wanted whether the author asked for it; if not, it is the control plane's own matter
    /// @throws ApiException if nothing is to be written
    void check(List<Change> changes, boolean wanted);
}
