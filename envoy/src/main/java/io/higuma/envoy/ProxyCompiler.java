package io.higuma.envoy;

import io.higuma.envoy.build.Endpoints;
import io.higuma.envoy.build.Secrets;
import io.higuma.envoy.check.Encoding;
import io.higuma.model.Cidr;
import io.higuma.model.wire.Bytes;
import io.higuma.model.wire.ResourceSet;
import io.higuma.model.wire.TypeUrl;
import io.higuma.model.wire.WireResource;
import io.higuma.policy.Calls;
import io.higuma.policy.Contribution;
import io.higuma.policy.ProxyIdentity;
import io.higuma.policy.ProxyView;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;

/// The one compiler: from what a proxy is and what policies want of it to Envoy's
/// configuration. Pure but for the interner, so that explain, what-if and inspect run the same
/// code on a question.
public final class ProxyCompiler {

    private final Interner interner;
    /// Proxies that want the same share one set, so that sets are compared by reference.
    private final Canon<ResourceSet> sets = new Canon<>();
    private final Canon<SortedSet<String>> names = new Canon<>();
    private final List<Cidr> virtual;

    /// @param virtual the ranges that virtual addresses are taken from: what is sent there goes to a service or nowhere
    public ProxyCompiler(Interner interner, List<Cidr> virtual) {
        this.interner = interner;
        this.virtual = List.copyOf(virtual);
    }

    /// What comes of all that a proxy calls: to be made once for all proxies that call the same.
    ///
    /// @param contributions of all policies that select the proxy, to what it calls
    /// @throws CompileException if there is no valid configuration; [CompileException#SHARED] is to blame where it
    /// would be the proxy
    public CompiledCalls compile(Calls calls, List<Contribution> contributions) {
        Assembly assembly = new Assembly(interner, CompileException.SHARED, Contributions.of(contributions), Map.of());
        CallsAssembly made = new CallsAssembly(calls, assembly);
        calls.destinations().forEach(made::destination);
        return made.finish(sets, names);
    }

    /// @param contributions of all policies that select the proxy, to what it serves
    /// @param calls what comes of the view's calls
    /// @throws CompileException if there is no valid configuration; its origin says what to mend
    public CompiledProxy compile(ProxyView view, List<Contribution> contributions, CompiledCalls calls) {
        Assembly assembly =
                new Assembly(interner, view.key().toString(), Contributions.of(contributions), calls.places());
        ProxyAssembly made = new ProxyAssembly(view, assembly, calls, virtual);
        made.all();
        return made.finish(sets);
    }

    /// The members of one cluster, encoded.
    public WireResource endpoints(EndpointGroup group) {
        return interner.intern(TypeUrl.ENDPOINT, group.clusterName(), group, Endpoints::build);
    }

    /// A proxy's certificate, encoded. Never shared, so never interned.
    public WireResource certificate(String name, Bytes chain, Bytes key) {
        return WireResource.of(TypeUrl.SECRET, name, Bytes.wrap(Encoding.of(Secrets.certificate(name, chain, key))));
    }

    /// An authority that signs for a server outside of the mesh, encoded.
    public WireResource authority(String name, Bytes pem) {
        return WireResource.of(TypeUrl.SECRET, name, Bytes.wrap(Encoding.of(Secrets.authority(name, pem))));
    }

    /// The trust bundles of a mesh, encoded.
    public WireResource trustBundle(SortedMap<String, Bytes> bundles) {
        return interner.intern(
                TypeUrl.SECRET,
                ProxyIdentity.TRUST_BUNDLE,
                bundles,
                map -> Secrets.trustBundle(ProxyIdentity.TRUST_BUNDLE, map));
    }

    /// How many distinct resources are held.
    public int interned() {
        return interner.size();
    }
}
